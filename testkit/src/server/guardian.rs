use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Waits for the end of its standard input, which only the test process holds open. If the folder is still there then, the test
/// process had no time to clean up: ends the server whose process is named in the folder's `pid`, and deletes the folder.
///
/// The children of a server are found in `/proc`; where that isn't there, they end when they see that their parent has.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
while read -r _; do :; done
[ -e "$1" ] || exit 0
[ -e "$1/pid" ] || sleep 0.2 # a server that is just being started writes it
attempts=0
while [ -e "$1" ] && [ "$attempts" -lt 100 ]; do
  if pid=$(cat "$1/pid") && [ -n "$pid" ]; then
    kill -STOP "$pid"
    for status in /proc/[0-9]*/stat; do
      read -r child _ _ parent _ <"$status" && [ "$parent" = "$pid" ] && kill -KILL "$child"
    done
    kill -KILL "$pid" && rm -f "$1/pid"
  fi
  memory=$(sed -n '7s/.* //p' "$1/data/postmaster.pid") && [ -n "$memory" ] && ipcrm -m "$memory"
  rm -rf "$1" || sleep 0.1
  attempts=$((attempts + 1))
done
"#;

/// A process that outlives the test process, however that ends, and removes what it has left: a server and its folder.
///
/// It is a process and no destructor, since nothing of a test process runs after SIGKILL; in a process group of its own, since test
/// runners end a test by its group.
#[derive(Debug)]
pub(super) struct Guardian {
    process: Child,
}

impl Guardian {
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let process = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "bindery-guardian"])
            .arg(folder)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Guardian { process })
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        // `wait` closes its standard input first. Nobody could be told of an error.
        let _ = self.process.wait();
    }
}
