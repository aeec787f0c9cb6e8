//! The well-known formats of strings: `(buf.validate.field).string.email` and its kind.
//!
//! <https://protovalidate.com/reference/standard_rules/#string>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;

/// Whether a string has the format that a rule asks for; `None` for rules that are no formats, and for those of URIs, which
/// are not looked at.
pub(super) fn is_right(rule: &str, text: &str) -> Option<bool> {
    Some(match rule {
        "email" => EMAIL.is_match(text),
        "hostname" => is_hostname(text),
        "ip" => is_ip(text),
        "ipv4" => Ipv4Addr::from_str(text).is_ok(),
        "ipv6" => is_ipv6(text),
        "address" => is_hostname(text) || is_ip(text),
        "uuid" => UUID.is_match(text),
        "tuuid" => TRIMMED_UUID.is_match(text),
        "ulid" => ULID.is_match(text),
        "ip_with_prefixlen" => is_prefix(text, None),
        "ipv4_with_prefixlen" => is_prefix(text, Some(32)),
        "ipv6_with_prefixlen" => is_prefix(text, Some(128)),
        "host_and_port" => is_host_and_port(text),
        _ => return None,
    })
}

/// The same for bytes.
pub(super) fn are_bytes_right(rule: &str, bytes: &[u8]) -> Option<bool> {
    Some(match rule {
        "ip" => matches!(bytes.len(), 4 | 16),
        "ipv4" => bytes.len() == 4,
        "ipv6" | "uuid" => bytes.len() == 16,
        _ => return None,
    })
}

/// The expressions are fixed; one that did not compile would match nothing, and the tests say so.
fn expression(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

struct Format(LazyLock<Option<Regex>>);

impl Format {
    fn is_match(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// As the HTML standard has it for `<input type="email">`, which protovalidate follows.
static EMAIL: Format = Format(LazyLock::new(|| {
    expression(
        r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$",
    )
}));
static UUID: Format = Format(LazyLock::new(|| {
    expression("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")
}));
static TRIMMED_UUID: Format = Format(LazyLock::new(|| expression("^[0-9a-fA-F]{32}$")));
static ULID: Format = Format(LazyLock::new(|| {
    expression("^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$")
}));

fn is_hostname(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last_is_number = |text: &str| {
        text.rsplit('.')
            .next()
            .is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.len() <= 253 && text.split('.').all(is_label) && !last_is_number(text)
}

fn is_ip(text: &str) -> bool {
    Ipv4Addr::from_str(text).is_ok() || is_ipv6(text)
}

/// An address may name a zone: `fe80::1%eth0`.
fn is_ipv6(text: &str) -> bool {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    zone != Some("") && Ipv6Addr::from_str(address).is_ok()
}

fn is_prefix(text: &str, bits: Option<u8>) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    let Ok(address) = IpAddr::from_str(address) else {
        return false;
    };
    let has = if address.is_ipv4() { 32 } else { 128 };
    let is_plain = length == "0" || !length.starts_with(['0', '+']);
    is_plain
        && bits.is_none_or(|bits| bits == has)
        && length.parse::<u8>().is_ok_and(|length| length <= has)
}

fn is_host_and_port(text: &str) -> bool {
    let is_port =
        |port: &str| (port == "0" || !port.starts_with(['0', '+'])) && port.parse::<u16>().is_ok();
    if let Some(rest) = text.strip_prefix('[') {
        return rest
            .rsplit_once("]:")
            .is_some_and(|(address, port)| is_ipv6(address) && is_port(port));
    }
    text.rsplit_once(':').is_some_and(|(host, port)| {
        (is_hostname(host) || Ipv4Addr::from_str(host).is_ok()) && is_port(port)
    })
}

#[cfg(test)]
mod tests {
    use super::is_right;

    #[test]
    fn formats_tell_right_from_wrong() {
        let cases = [
            ("email", "a@b.com", "a b@c"),
            ("hostname", "a-1.example.com", "-a.com"),
            ("ip", "::1", "1.2.3"),
            (
                "uuid",
                "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
                "f81d4fae7dec11d0a76500a0c91e6bf6",
            ),
            ("tuuid", "f81d4fae7dec11d0a76500a0c91e6bf6", "f81d"),
            (
                "ulid",
                "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                "81ARZ3NDEKTSV4RRFFQ69G5FAV",
            ),
            ("ip_with_prefixlen", "10.0.0.0/8", "10.0.0.0/33"),
            ("ipv6_with_prefixlen", "fe80::/10", "10.0.0.0/8"),
            ("host_and_port", "[::1]:80", "example.com"),
        ];
        for (rule, right, wrong) in cases {
            assert_eq!(is_right(rule, right), Some(true), "{rule}: {right}");
            assert_eq!(is_right(rule, wrong), Some(false), "{rule}: {wrong}");
        }
    }
}
