// Reads lines of JSON with Rust's serde_json and prints what it understood, as tests/parsers/run.mjs explains.
use serde_json::Value;
use std::io::{self, BufRead, Write};

fn text(value: &str) -> String {
    let mut token = String::from("s");
    for byte in value.bytes() {
        token.push_str(&format!("{:02x}", byte));
    }
    token
}

fn tokens(value: &Value, to: &mut Vec<String>) {
    match value {
        Value::Null => to.push("z".into()),
        Value::Bool(yes) => to.push(if *yes { "t" } else { "f" }.into()),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => to.push(format!("i{}", whole)),
            None => to.push(format!("d{:?}", number.as_f64().unwrap())),
        },
        Value::String(value) => to.push(text(value)),
        Value::Array(all) => {
            to.push("[".into());
            for one in all {
                tokens(one, to);
            }
            to.push("]".into());
        }
        Value::Object(all) => {
            to.push("{".into());
            for (key, one) in all {
                to.push(text(key));
                tokens(one, to);
            }
            to.push("}".into());
        }
    }
}

fn main() {
    let stdout = io::stdout();
    let mut out = stdout.lock();
    for line in io::stdin().lock().lines() {
        let value: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let mut all = Vec::new();
        tokens(&value, &mut all);
        writeln!(out, "{}", all.join(" ")).unwrap();
    }
}
