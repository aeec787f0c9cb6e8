//! What is too large is refused, and says so.

use tonic::Code;
use tower::ServiceExt;

use crate::harness::{Running, ending, method};

#[tokio::test]
async fn a_request_of_one_byte_too_much_is_refused() {
    let running = Running::with(|config, _| config.grpc.max_request_bytes = 1000).await;
    for (length, refused) in [(1000_u32, false), (1001, true)] {
        let mut frame = vec![0];
        frame.extend(length.to_be_bytes());
        // A field that no message has, filled up to the length.
        let mut message = vec![0xfa, 0xff, 0xff, 0xff, 0x0f];
        let rest = length as usize - message.len() - 2;
        message.extend([
            u8::try_from(rest & 0x7f).expect("7 bits") | 0x80,
            u8::try_from(rest >> 7).expect("7 bits"),
        ]);
        message.resize(length as usize, 0);
        frame.extend(message);
        let request = http::Request::post(format!("http://test{}", method().path))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(tonic::body::Body::new(http_body_util::Full::new(
                bytes::Bytes::from(frame),
            )))
            .expect("a request");
        let response = running
            .channel()
            .oneshot(request)
            .await
            .expect("a response");
        let (code, message, _) = ending(response).await;
        assert_eq!(
            code == Code::OutOfRange,
            refused,
            "{length} bytes: {code:?} {message}"
        );
    }
}
