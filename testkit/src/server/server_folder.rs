use std::env;
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::guardian::Guardian;
use super::server_process::ServerProcess;

/// The free bytes from which on a server's files are kept in memory. Containers often have 64 MiB of it, one server's data half of that.
const ENOUGH: u64 = 2 << 30;
const START_LIMIT: Duration = Duration::from_secs(60);

/// The temporary folder of one server, and the account under which its programs run.
///
/// Database servers refuse to run as root. Where the tests do, the folder and what runs in it belong to another account.
#[derive(Debug)]
pub(super) struct ServerFolder {
    account: Option<Account>,
    // Deleted before the guardian is let go, who finds nothing to do then.
    folder: TempDir,
    _guardian: Guardian,
}

#[derive(Debug, Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl ServerFolder {
    /// Makes the folder. As root it belongs to the first of these accounts that there is.
    pub(super) fn new(prefix: &str, accounts: &[&str]) -> io::Result<Self> {
        let account = if rustix::process::geteuid().is_root() { Some(Account::first_of(accounts)?) } else { None };
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(place())?;
        // A URL is text, and so is a line of a configuration file.
        if folder.path().to_str().is_none() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the path of the temporary folder is not UTF-8"));
        }
        let folder = ServerFolder { account, _guardian: Guardian::of(folder.path())?, folder };
        folder.give(folder.path())?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder's path as text: `new` has seen that it is.
    pub(super) fn path_text(&self) -> &str {
        self.path().to_str().unwrap_or_default()
    }

    /// The number of the account that the server's files belong to.
    pub(super) fn owner(&self) -> u32 {
        self.account.map_or_else(|| rustix::process::geteuid().as_raw(), |account| account.user)
    }

    /// Writes a file that only the server may read: servers refuse a key that others could.
    pub(super) fn write(&self, name: impl AsRef<Path>, contents: &[u8]) -> io::Result<PathBuf> {
        let path = self.path().join(name);
        fs::write(&path, contents)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        self.give(&path)?;
        Ok(path)
    }

    /// Runs a program in the folder to its end; what it said, if it failed, is in the error.
    pub(super) fn run(&self, program: &Path, arguments: &[&OsStr]) -> io::Result<()> {
        let output = self.command(program).args(arguments).output().map_err(|error| about(program, &error))?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        Err(io::Error::other(format!("{} failed ({}): {}", program.display(), output.status, String::from_utf8_lossy(&said).trim())))
    }

    /// Starts a server that stays in the foreground, and waits until it is ready: `is_ready` gets the number of its process, and what it
    /// has said so far. That goes to the file `log`, and into the error of a server that ends or isn't ready in a minute; where another
    /// process listens on its port, that error is [`io::ErrorKind::AddrInUse`].
    pub(super) fn start(&self, program: &Path, arguments: &[&OsStr], is_ready: impl Fn(u32, &str) -> bool) -> io::Result<ServerProcess> {
        let path = self.path().join("log");
        let log = File::options().create(true).append(true).open(&path)?;
        let said_before = log.metadata()?.len();
        // The guardian learns the number of the process from itself, before it is a server: however soon the test process ends,
        // a server that runs is known.
        let process = self
            .command(Path::new("/bin/sh"))
            .args(["-c", "echo $$ >pid && exec \"$@\"", "sh"])
            .arg(program)
            .args(arguments)
            .process_group(0)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut process = ServerProcess::new(process, self.path().join("pid"));
        let began = Instant::now();
        loop {
            let has_ended = process.has_ended()?;
            let said = fs::read(&path)?;
            let said = String::from_utf8_lossy(said.get(usize::try_from(said_before).unwrap_or(0)..).unwrap_or_default());
            if has_ended || began.elapsed() > START_LIMIT {
                let kind = if said.contains("Address already in use") { io::ErrorKind::AddrInUse } else { io::ErrorKind::Other };
                return Err(io::Error::new(kind, format!("{} did not start: {}", program.display(), said.trim())));
            }
            if is_ready(process.id(), &said) {
                return Ok(process);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).stdin(Stdio::null()).env("LC_ALL", "C");
        if let Some(account) = self.account {
            command.uid(account.user).gid(account.group);
        }
        command
    }

    fn give(&self, path: &Path) -> io::Result<()> {
        match self.account {
            Some(account) => chown(path, Some(account.user), Some(account.group)),
            None => Ok(()),
        }
    }
}

/// In memory, where there is plenty (Linux): a server's thousand small files are made there several times as fast as on a disk. Who
/// sets `TMPDIR` wants them in that folder.
fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let has_room = || rustix::fs::statvfs(memory).is_ok_and(|of| of.f_bavail.saturating_mul(of.f_frsize) >= ENOUGH);
    if env::var_os("TMPDIR").is_none() && has_room() { memory.to_owned() } else { env::temp_dir() }
}

impl Account {
    fn first_of(names: &[&str]) -> io::Result<Self> {
        let accounts = fs::read_to_string("/etc/passwd")?;
        names.iter().find_map(|name| Account::find(&accounts, name)).ok_or_else(|| {
            let names = names.join("` or `");
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("a server can't run as root, and there is no account `{names}`: make one, or run the tests as another user"),
            )
        })
    }

    /// In the lines of `/etc/passwd`: `name:password:user:group:…`.
    fn find(accounts: &str, name: &str) -> Option<Self> {
        let mut fields =
            accounts.lines().map(|line| line.split(':')).find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
        let (user, group) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(Account { user, group })
    }
}

/// A program that couldn't be started.
fn about(program: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{} could not be started: {error}", program.display()))
}
