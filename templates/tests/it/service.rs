//! `{{ service.full_name }}` as its clients see it. This file is yours.
{%- let subjects = c.subjects(service) %}

{% if service.has_stubs() || !subjects.is_empty() -%}
use tonic::Code;

{% endif -%}
{%- if !subjects.is_empty() -%}
use {{ service.client_import(c.lib) }};

{% endif -%}
{%- if service.has_stubs() -%}
use crate::harness::{Running, call};
{% else if !subjects.is_empty() -%}
use crate::harness::Running;
{% endif -%}
{%- if service.has_stubs() %}
#[tokio::test]
async fn rpcs_that_are_not_written_yet_say_so() {
    let running = Running::start().await;
    for path in [
{%- for method in service.stubs() %}
        "{{ method.path }}",
{%- endfor %}
    ] {
        let (code, message) = call(running.channel(), path, &[]).await;
        assert_eq!(code, Code::Unimplemented, "{path}: {message}");
    }
}
{%- endif %}
{%- for t in subjects %}

/// A request for a {{ t.r.module }} that no other request is for.
fn new_{{ t.r.module }}({% if !t.is_numbered() %}_{% endif %}number: usize) -> {{ t.create.input }} {
    {{ t.sample() }}
}

#[tokio::test]
async fn a_{{ t.r.module }}_is_there_until_it_is_deleted() {
    let running = Running::start().await;
    let mut client = {{ t.client }}::new(running.channel());
    let created = client.{{ t.create.ident }}(new_{{ t.r.module }}(1)).await.expect("created").into_inner(){{ t.created() }};
    let id = {{ t.r.key.owned("created.clone()") }};
    assert!(!id.is_empty());
{%- if let Some(get) = t.get %}
    let found = client.{{ get.method.ident }}({{ get.request("id.clone()") }}).await.expect("found").into_inner(){{ get.resource }};
    assert_eq!(found, created);
    let missing = client.{{ get.method.ident }}({{ get.request("\"missing\".to_owned()") }}).await;
    assert_eq!(missing.expect_err("it is missing").code(), Code::NotFound);
    let unnamed = client.{{ get.method.ident }}({{ get.request("String::new()") }}).await;
    assert_eq!(unnamed.expect_err("nothing is named").code(), Code::InvalidArgument);
{%- endif %}
{%- if let Some(delete) = t.delete %}
    client.{{ delete.method.ident }}({{ delete.request("id.clone()") }}).await.expect("deleted");
    let again = client.{{ delete.method.ident }}({{ delete.request("id") }}).await;
    assert_eq!(again.expect_err("it is gone").code(), Code::NotFound);
{%- endif %}
}
{%- if t.is_checked() %}

#[tokio::test]
async fn a_{{ t.r.module }}_that_lacks_something_is_refused() {
    let running = Running::start().await;
    let mut client = {{ t.client }}::new(running.channel());
    let request = {{ t.create.input }}::default();
    let error = client.{{ t.create.ident }}(request).await.expect_err("it is empty");
    assert_eq!(error.code(), Code::InvalidArgument);
    assert!(!error.details().is_empty());
}
{%- endif %}
{%- if !t.r.unique.is_empty() %}

#[tokio::test]
async fn no_two_{{ t.r.plural }}_share_what_is_unique() {
    let running = Running::start().await;
    let mut client = {{ t.client }}::new(running.channel());
    client.{{ t.create.ident }}(new_{{ t.r.module }}(1)).await.expect("created");
    let error = client.{{ t.create.ident }}(new_{{ t.r.module }}(1)).await.expect_err("it is taken");
    assert_eq!(error.code(), Code::AlreadyExists);
}
{%- endif %}
{%- if let Some(list) = t.list %}

#[tokio::test]
async fn pages_show_all_{{ t.r.plural }}_once() {
    let running = Running::start().await;
    let mut client = {{ t.client }}::new(running.channel());
    for number in 0..5 {
        client.{{ t.create.ident }}(new_{{ t.r.module }}(number)).await.expect("created");
    }
    let mut ids = Vec::new();
    let mut token = String::new();
    loop {
        let request = {{ list.request("token") }};
        let page = client.{{ list.method.ident }}(request).await.expect("a page").into_inner();
        ids.extend(page.{{ list.plan.items.ident }}.into_iter().map(|it| {{ t.r.key.owned("it") }}));
        token = {{ list.next() }};
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(ids.len(), 5);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5, "nothing twice");
    let request = {{ list.request("\"nonsense\".to_owned()") }};
    let error = client.{{ list.method.ident }}(request).await.expect_err("it is no token");
    assert_eq!(error.code(), Code::InvalidArgument);
}
{%- endif %}
{%- if let Some(watch) = t.watch %}

#[tokio::test]
async fn a_watch_begins_with_what_is_there_and_leaves_nothing_behind() {
    let running = Running::start().await;
    let mut client = {{ t.client }}::new(running.channel());
    let created = client.{{ t.create.ident }}(new_{{ t.r.module }}(1)).await.expect("created").into_inner(){{ t.created() }};
    let id = {{ t.r.key.owned("created.clone()") }};
    let watch = client.{{ watch.method.ident }}({{ watch.request("id") }}).await.expect("a stream");
    let mut watch = watch.into_inner();
    assert_eq!(watch.message().await.expect("no error"), Some(created));
    assert_eq!(running.store.bus().subscribers(), 1);
    drop(watch);
    for _ in 0..100 {
        if running.store.bus().subscribers() == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the watch is still there");
}
{%- endif %}
{%- endfor %}
