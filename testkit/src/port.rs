use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Below those that the system gives to outgoing connections (from 32768 on Linux, from 49152 elsewhere), so that a server finds
/// its port free again when it is restarted.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;
const ATTEMPTS: usize = 100;

/// Does this, which is to listen, with a port of 127.0.0.1 that nothing listens on. Where another process is quicker to take it
/// ([`io::ErrorKind::AddrInUse`]), again with another.
pub(crate) fn on_free_port<T>(listen: impl Fn(u16) -> io::Result<T>) -> io::Result<(u16, T)> {
    for _ in 0..ATTEMPTS {
        let random = RandomState::new().hash_one(std::process::id());
        let port = FIRST + u16::try_from(random % u64::from(COUNT)).unwrap_or_default();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
            continue;
        }
        match listen(port) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            result => return result.map(|listening| (port, listening)),
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no free port was found from 20000 to 31999 on 127.0.0.1"))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn a_port_that_another_takes_is_followed_by_another() {
        let tried = RefCell::new(Vec::new());
        let (port, ()) = on_free_port(|port| {
            tried.borrow_mut().push(port);
            if tried.borrow().len() < 3 { Err(io::ErrorKind::AddrInUse.into()) } else { Ok(()) }
        })
        .unwrap();
        assert_eq!((tried.borrow().len(), tried.borrow().last()), (3, Some(&port)));
        assert_ne!(tried.borrow()[0], tried.borrow()[1]);
    }

    #[test]
    fn another_error_ends_it() {
        assert_eq!(on_free_port(|_| Err::<(), _>(io::ErrorKind::NotFound.into())).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
