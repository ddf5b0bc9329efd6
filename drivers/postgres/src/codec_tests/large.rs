use super::*;

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_blob_of_64_mib_goes_and_comes_back() {
    let server = Server::start().await;
    let blob = Value::Bytes((0..64 * MIB).map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8).collect());
    let batch = server.query("SELECT $1, length($1)", &[typed(&blob, SqlType::Bytes)]).await.unwrap();
    assert_eq!(batch.value(0, 1).unwrap(), ValueRef::I64(64 * MIB as i64));
    assert!(batch.value(0, 0).unwrap() == blob.as_ref());
}

#[tokio::test]
async fn strings_that_break_drivers() {
    let server = Server::start().await;
    let long = "é🦀x".repeat(MIB / 7);
    for string in
        ["", " ", "\u{feff}", "🦀", "e\u{301}", "\u{202e}abc", "'; DROP TABLE t; --", "$1", "\\", "\u{1}\u{7f}", "\u{10ffff}", &long]
    {
        let value = text(string);
        for param in [typed(&value, SqlType::Text), inferred(&value)] {
            // what the server says of it: its length in letters, and a hash of its bytes
            let batch = server.query("SELECT $1, length($1::text), md5($1::text)", &[param]).await.unwrap();
            assert!(batch.value(0, 0).unwrap() == value.as_ref());
            assert_eq!(batch.value(0, 1).unwrap(), ValueRef::I64(string.chars().count() as i64));
            let sql = format!(
                "SELECT md5(convert_from(decode('{}', 'hex'), 'UTF8'))",
                string.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()
            );
            assert_eq!(
                server.texts(&sql).await,
                [Some(column(&batch, 2)).map(|values| match &values[0] {
                    Value::Text(text) => text.clone(),
                    _ => String::new(),
                })]
            );
        }
    }
}

#[tokio::test]
async fn decimals_to_the_ends_of_numeric() {
    let server = Server::start().await;
    let digits = |count: usize| "1234567890".repeat(count / 10 + 1)[..count].to_owned();
    for value in [
        digits(131_072),
        format!("-{}.{}", digits(131_072), digits(16_383)),
        format!("0.{}1", "0".repeat(16_382)),
        format!("0.{}", "0".repeat(16_383)),
    ] {
        let batch = server.query("SELECT $1, $1::text", &[typed(&decimal(&value), SqlType::Decimal)]).await.unwrap();
        assert!(batch.value(0, 1).unwrap() == ValueRef::Text(&value), "{} digits", value.len());
        assert!(batch.value(0, 0).unwrap() == ValueRef::Decimal(&value), "{} digits", value.len());
    }
}
