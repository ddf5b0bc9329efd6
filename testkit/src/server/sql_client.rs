use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::thread;

/// Runs a database's own client on a script, which it reads from its standard input. Gives what was printed, without the last line's end.
pub(super) fn run(client: &mut Command, name: &str, sql: &str) -> io::Result<String> {
    let mut process = client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let input = process.stdin.take();
    let output = thread::scope(|scope| {
        // From another thread: a script may print more than a pipe holds before it has been read.
        scope.spawn(move || {
            // A client stops reading at the first error, which it tells itself.
            let _ = input.map(|mut input| input.write_all(sql.as_bytes()));
        });
        process.wait_with_output()
    })?;
    if !output.status.success() {
        return Err(io::Error::other(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim())));
    }
    let mut text =
        String::from_utf8(output.stdout).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, format!("{name} printed no UTF-8")))?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}
