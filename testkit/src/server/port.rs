use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Below those that the system gives to outgoing connections (from 32768 on Linux, from 49152 elsewhere), so that a server finds
/// its port free again when it is restarted.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A loopback port that nothing listens on. Another process may take it meanwhile: who can't listen on it asks for another.
pub(super) fn free_port() -> io::Result<u16> {
    for _ in 0..100 {
        let random = RandomState::new().hash_one(std::process::id());
        let port = FIRST + u16::try_from(random % u64::from(COUNT)).unwrap_or_default();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no free port was found from 20000 to 31999 on 127.0.0.1"))
}
