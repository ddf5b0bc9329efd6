//! `inet`, `cidr` and `macaddr`.

use std::fmt::Write;

use crate::problem::Problem;
use crate::reader::{Reader, malformed};
use crate::text;

const IPV4: u8 = 2;
const IPV6: u8 = 3;

/// An address, with the bits of its network where it is a network or has fewer than all.
pub(super) fn address(bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    let mut reader = Reader::new(bytes);
    let (family, bits, is_network, _length) = (reader.u8()?, reader.u8()?, reader.u8()? != 0, reader.u8()?);
    let (written, all) = match family {
        IPV4 => {
            let address: [u8; 4] = reader.rest().try_into().map_err(|_| malformed())?;
            (write!(out, "{}", std::net::Ipv4Addr::from(address)), 32)
        }
        IPV6 => (text::ipv6(reader.rest().try_into().map_err(|_| malformed())?, out), 128),
        _ => return Err(malformed()),
    };
    written.map_err(|_| malformed())?;
    if is_network || bits != all {
        out.push_str(&format!("/{bits}"));
    }
    Ok(())
}

/// `08:00:2b:01:02:03`
pub(super) fn hardware_address(bytes: &[u8], out: &mut String) {
    for (index, byte) in bytes.iter().enumerate() {
        out.push_str(if index > 0 { ":" } else { "" });
        out.push_str(&format!("{byte:02x}"));
    }
}
