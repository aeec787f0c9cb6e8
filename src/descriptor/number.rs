//! The field numbers of `google/protobuf/descriptor.proto`.

/// `FileDescriptorSet`
pub mod set {
    pub const FILE: u32 = 1;
}

/// `FileDescriptorProto`
pub mod file {
    pub const NAME: u32 = 1;
    pub const PACKAGE: u32 = 2;
    pub const DEPENDENCY: u32 = 3;
    pub const MESSAGE: u32 = 4;
    pub const ENUM: u32 = 5;
    pub const SERVICE: u32 = 6;
    pub const EXTENSION: u32 = 7;
    pub const OPTIONS: u32 = 8;
    pub const SOURCE_CODE_INFO: u32 = 9;
    pub const PUBLIC_DEPENDENCY: u32 = 10;
    pub const WEAK_DEPENDENCY: u32 = 11;
    pub const SYNTAX: u32 = 12;
    pub const EDITION: u32 = 14;
    pub const OPTION_DEPENDENCY: u32 = 15;
}

/// `DescriptorProto`
pub mod message {
    pub const NAME: u32 = 1;
    pub const FIELD: u32 = 2;
    pub const NESTED: u32 = 3;
    pub const ENUM: u32 = 4;
    pub const EXTENSION_RANGE: u32 = 5;
    pub const EXTENSION: u32 = 6;
    pub const OPTIONS: u32 = 7;
    pub const ONEOF: u32 = 8;
    pub const RESERVED_RANGE: u32 = 9;
    pub const RESERVED_NAME: u32 = 10;
    pub const VISIBILITY: u32 = 11;
}

/// `DescriptorProto.ExtensionRange`, `DescriptorProto.ReservedRange` and `EnumDescriptorProto.EnumReservedRange`
pub mod range {
    pub const START: u32 = 1;
    pub const END: u32 = 2;
    pub const OPTIONS: u32 = 3;
}

/// `FieldDescriptorProto`
pub mod field {
    pub const NAME: u32 = 1;
    pub const EXTENDEE: u32 = 2;
    pub const NUMBER: u32 = 3;
    pub const LABEL: u32 = 4;
    pub const TYPE: u32 = 5;
    pub const TYPE_NAME: u32 = 6;
    pub const DEFAULT_VALUE: u32 = 7;
    pub const OPTIONS: u32 = 8;
    pub const ONEOF_INDEX: u32 = 9;
    pub const JSON_NAME: u32 = 10;
    pub const PROTO3_OPTIONAL: u32 = 17;
}

/// `OneofDescriptorProto`
pub mod oneof {
    pub const NAME: u32 = 1;
    pub const OPTIONS: u32 = 2;
}

/// `EnumDescriptorProto`
pub mod enumeration {
    pub const NAME: u32 = 1;
    pub const VALUE: u32 = 2;
    pub const OPTIONS: u32 = 3;
    pub const RESERVED_RANGE: u32 = 4;
    pub const RESERVED_NAME: u32 = 5;
    pub const VISIBILITY: u32 = 6;
}

/// `EnumValueDescriptorProto`
pub mod value {
    pub const NAME: u32 = 1;
    pub const NUMBER: u32 = 2;
    pub const OPTIONS: u32 = 3;
}

/// `ServiceDescriptorProto`
pub mod service {
    pub const NAME: u32 = 1;
    pub const METHOD: u32 = 2;
    pub const OPTIONS: u32 = 3;
}

/// `MethodDescriptorProto`
pub mod method {
    pub const NAME: u32 = 1;
    pub const INPUT: u32 = 2;
    pub const OUTPUT: u32 = 3;
    pub const OPTIONS: u32 = 4;
    pub const CLIENT_STREAMING: u32 = 5;
    pub const SERVER_STREAMING: u32 = 6;
}

/// `SourceCodeInfo`
pub mod source_code_info {
    pub const LOCATION: u32 = 1;
}

/// `SourceCodeInfo.Location`
pub mod location {
    pub const PATH: u32 = 1;
    pub const SPAN: u32 = 2;
    pub const LEADING_COMMENTS: u32 = 3;
    pub const TRAILING_COMMENTS: u32 = 4;
    pub const LEADING_DETACHED_COMMENTS: u32 = 6;
}
