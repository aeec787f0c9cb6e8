//! The functions that an expression of protovalidate may call: CEL's own, those of its strings extension, and
//! protovalidate's.
//!
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions>,
//! <https://protovalidate.com/reference/cel_extensions/>

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::types::Type;

/// One way to call a function.
#[derive(Debug)]
pub(super) struct Overload {
    /// Whether the first argument stands before the name: `text.size()`.
    pub(super) is_member: bool,
    pub(super) arguments: Vec<Type>,
    pub(super) result: Type,
}

/// The overloads of a function; `None` where there is no such function.
pub(super) fn overloads(name: &str) -> Option<&'static [Overload]> {
    FUNCTIONS.get(name).map(Vec::as_slice)
}

/// How many type parameters a declaration may have.
pub(super) const PARAMETERS: usize = 2;

static FUNCTIONS: LazyLock<HashMap<&'static str, Vec<Overload>>> = LazyLock::new(|| {
    let mut functions: HashMap<&'static str, Vec<Overload>> = HashMap::new();
    for line in DECLARATIONS.lines() {
        if let Some((name, overload)) = declaration(line) {
            functions.entry(name).or_default().push(overload);
        }
    }
    functions
});

/// A line of [`DECLARATIONS`].
fn declaration(line: &'static str) -> Option<(&'static str, Overload)> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    let mut is_member = false;
    let mut arguments = Vec::new();
    loop {
        match words.next()? {
            "->" => break,
            "." => is_member = true,
            word => arguments.push(declared(word)?),
        }
    }
    let result = declared(words.next()?)?;
    Some((
        name,
        Overload {
            is_member,
            arguments,
            result,
        },
    ))
}

fn declared(word: &str) -> Option<Type> {
    Some(match word {
        "A" => Type::Parameter(0),
        "B" => Type::Parameter(1),
        "dyn" => Type::Dyn,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "duration" => Type::Duration,
        "timestamp" => Type::Timestamp,
        "map<A,B>" => Type::map(Type::Parameter(0), Type::Parameter(1)),
        "type<A>" => Type::Kind(Arc::new(Type::Parameter(0))),
        _ => {
            let element = word.strip_prefix("list<")?.strip_suffix('>')?;
            Type::list(declared(element)?)
        }
    })
}

/// A line for each overload: name, receiver and `.` where it is called as a member, arguments, `->`, result. `A` and `B`
/// are type parameters.
const DECLARATIONS: &str = "
    !_ bool -> bool
    -_ int -> int
    -_ double -> double
    _?_:_ bool A A -> A
    _&&_ bool bool -> bool
    _||_ bool bool -> bool
    @not_strictly_false bool -> bool
    _==_ A A -> bool
    _!=_ A A -> bool
    _+_ int int -> int
    _+_ uint uint -> uint
    _+_ double double -> double
    _+_ string string -> string
    _+_ bytes bytes -> bytes
    _+_ list<A> list<A> -> list<A>
    _+_ duration duration -> duration
    _+_ duration timestamp -> timestamp
    _+_ timestamp duration -> timestamp
    _-_ int int -> int
    _-_ uint uint -> uint
    _-_ double double -> double
    _-_ duration duration -> duration
    _-_ timestamp timestamp -> duration
    _-_ timestamp duration -> timestamp
    _*_ int int -> int
    _*_ uint uint -> uint
    _*_ double double -> double
    _/_ int int -> int
    _/_ uint uint -> uint
    _/_ double double -> double
    _%_ int int -> int
    _%_ uint uint -> uint
    _[_] list<A> int -> A
    _[_] map<A,B> A -> B
    @in A list<A> -> bool
    @in A map<A,B> -> bool
    size string -> int
    size bytes -> int
    size list<A> -> int
    size map<A,B> -> int
    size string . -> int
    size bytes . -> int
    size list<A> . -> int
    size map<A,B> . -> int
    type A -> type<A>
    dyn A -> dyn
    bool bool -> bool
    bool string -> bool
    bytes bytes -> bytes
    bytes string -> bytes
    double double -> double
    double int -> double
    double uint -> double
    double string -> double
    duration duration -> duration
    duration int -> duration
    duration string -> duration
    int int -> int
    int uint -> int
    int double -> int
    int string -> int
    int duration -> int
    int timestamp -> int
    string string -> string
    string bool -> string
    string bytes -> string
    string int -> string
    string uint -> string
    string double -> string
    string duration -> string
    string timestamp -> string
    timestamp timestamp -> timestamp
    timestamp int -> timestamp
    timestamp string -> timestamp
    uint uint -> uint
    uint int -> uint
    uint double -> uint
    uint string -> uint
    matches string string -> bool
    matches string . string -> bool
    contains string . string -> bool
    startsWith string . string -> bool
    endsWith string . string -> bool
    getFullYear timestamp . -> int
    getFullYear timestamp . string -> int
    getMonth timestamp . -> int
    getMonth timestamp . string -> int
    getDayOfYear timestamp . -> int
    getDayOfYear timestamp . string -> int
    getDayOfMonth timestamp . -> int
    getDayOfMonth timestamp . string -> int
    getDate timestamp . -> int
    getDate timestamp . string -> int
    getDayOfWeek timestamp . -> int
    getDayOfWeek timestamp . string -> int
    getHours timestamp . -> int
    getHours timestamp . string -> int
    getHours duration . -> int
    getMinutes timestamp . -> int
    getMinutes timestamp . string -> int
    getMinutes duration . -> int
    getSeconds timestamp . -> int
    getSeconds timestamp . string -> int
    getSeconds duration . -> int
    getMilliseconds timestamp . -> int
    getMilliseconds timestamp . string -> int
    getMilliseconds duration . -> int
    charAt string . int -> string
    indexOf string . string -> int
    indexOf string . string int -> int
    lastIndexOf string . string -> int
    lastIndexOf string . string int -> int
    join list<string> . -> string
    join list<string> . string -> string
    lowerAscii string . -> string
    upperAscii string . -> string
    replace string . string string -> string
    replace string . string string int -> string
    reverse string . -> string
    split string . string -> list<string>
    split string . string int -> list<string>
    strings.quote string -> string
    substring string . int -> string
    substring string . int int -> string
    trim string . -> string
    format string . list<dyn> -> string
    isNan double . -> bool
    isInf double . -> bool
    isInf double . int -> bool
    isEmail string . -> bool
    isHostname string . -> bool
    isHostAndPort string . bool -> bool
    isIp string . -> bool
    isIp string . int -> bool
    isIpPrefix string . -> bool
    isIpPrefix string . int -> bool
    isIpPrefix string . bool -> bool
    isIpPrefix string . int bool -> bool
    isUri string . -> bool
    isUriRef string . -> bool
    unique list<bool> . -> bool
    unique list<int> . -> bool
    unique list<uint> . -> bool
    unique list<double> . -> bool
    unique list<string> . -> bool
    unique list<bytes> . -> bool
    contains bytes . bytes -> bool
    startsWith bytes . bytes -> bool
    endsWith bytes . bytes -> bool
    getField dyn string -> dyn
    _<_ bool bool -> bool
    _<_ string string -> bool
    _<_ bytes bytes -> bool
    _<_ duration duration -> bool
    _<_ timestamp timestamp -> bool
    _<_ int int -> bool
    _<_ int uint -> bool
    _<_ int double -> bool
    _<_ uint uint -> bool
    _<_ uint int -> bool
    _<_ uint double -> bool
    _<_ double double -> bool
    _<_ double int -> bool
    _<_ double uint -> bool
";

/// The comparisons, which have the overloads of `_<_`.
pub(super) fn declared_as(name: &str) -> &str {
    match name {
        "_<=_" | "_>_" | "_>=_" => "_<_",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declaration_is_read() {
        for line in DECLARATIONS.lines().filter(|line| !line.trim().is_empty()) {
            assert!(declaration(line).is_some(), "{line}");
        }
        assert_eq!(overloads("size").map(<[Overload]>::len), Some(8));
        assert!(overloads("isUuid").is_none());
    }
}
