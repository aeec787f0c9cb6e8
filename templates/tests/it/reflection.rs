//! Clients may ask for the contract.

use tokio_stream::StreamExt;
use tonic_reflection::pb::{
    v1::{
        self, server_reflection_request::MessageRequest as Ask,
        server_reflection_response::MessageResponse as Answer,
    },
    v1alpha,
};

use {{ c.lib }}::methods::SERVICES;

use crate::harness::Running;

#[tokio::test]
async fn both_versions_list_the_services_and_find_their_files() {
    let running = Running::start().await;

    let mut client = v1::server_reflection_client::ServerReflectionClient::new(running.channel());
    let ask = |message_request| v1::ServerReflectionRequest {
        message_request: Some(message_request),
        ..v1::ServerReflectionRequest::default()
    };
    let requests = [
        ask(Ask::ListServices(String::new())),
        ask(Ask::FileContainingSymbol(SERVICES[0].to_owned())),
    ];
    let stream = client
        .server_reflection_info(tokio_stream::iter(requests))
        .await
        .expect("a stream");
    let answers: Vec<_> = stream
        .into_inner()
        .map(|it| it.expect("an answer").message_response)
        .collect()
        .await;
    let [
        Some(Answer::ListServicesResponse(list)),
        Some(Answer::FileDescriptorResponse(files)),
    ] = answers.as_slice()
    else {
        panic!("unexpected answers: {answers:?}");
    };
    for service in SERVICES {
        assert!(
            list.service.iter().any(|it| it.name == *service),
            "{service} is not listed"
        );
    }
    assert!(!files.file_descriptor_proto.is_empty());

    let mut client =
        v1alpha::server_reflection_client::ServerReflectionClient::new(running.channel());
    let request = v1alpha::ServerReflectionRequest {
        message_request: Some(
            v1alpha::server_reflection_request::MessageRequest::ListServices(String::new()),
        ),
        ..v1alpha::ServerReflectionRequest::default()
    };
    let stream = client
        .server_reflection_info(tokio_stream::iter([request]))
        .await
        .expect("a stream");
    let answer = stream
        .into_inner()
        .next()
        .await
        .expect("an answer")
        .expect("no error");
    assert!(answer.message_response.is_some());
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let running = Running::with(|config, _| config.grpc.reflection = false).await;
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(running.channel());
    let error = client
        .server_reflection_info(tokio_stream::empty())
        .await
        .expect_err("it is off");
    assert_eq!(error.code(), tonic::Code::Unimplemented);
}
