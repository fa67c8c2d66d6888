//! Keeps the crawler out of places where no council publishes: addresses of
//! this machine and of its network, and schemes other than HTTP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Checks an address before it is asked; says in plain words what is wrong.
///
/// A name is checked again when it is resolved, on what it resolves to.
pub fn check_address(address: &str, allow_loopback: bool) -> Result<Url, String> {
    let url = Url::parse(address).map_err(|error| format!("`{address}` is no address ({error})"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{address}` is not on the web: only http and https are fetched"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("`{address}` holds a user name: such addresses are not fetched"));
    }
    let ip = match url.host() {
        None => return Err(format!("`{address}` names no host")),
        Some(Host::Domain(_)) => None,
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
    };
    match ip {
        Some(ip) if !may_connect(ip, allow_loopback) => Err(not_public(ip)),
        _ => Ok(url),
    }
}

/// Whether a connection may be made to this address.
pub(super) fn may_connect(ip: IpAddr, allow_loopback: bool) -> bool {
    let ip = ip.to_canonical();
    if ip.is_loopback() {
        return allow_loopback;
    }
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

pub(super) fn not_public(ip: IpAddr) -> String {
    format!("{ip} is an address of this machine or of a private network: such are not fetched")
}

/// The ranges are those of the IANA registry of special-purpose addresses.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    // 6to4 and NAT64 carry an IPv4 address, to which they lead.
    let carried = match parts {
        [0x2002, a, b, ..] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => Some((a, b)),
        _ => None,
    };
    if let Some((a, b)) = carried {
        let [w, x] = a.to_be_bytes();
        let [y, z] = b.to_be_bytes();
        return is_public_v4(Ipv4Addr::new(w, x, y, z));
    }
    let is_special = ip.is_unspecified()
        || ip.is_multicast()
        || ip.is_unique_local()
        || ip.is_unicast_link_local()
        || parts[..2] == [0x2001, 0xdb8]
        || parts[0] & 0xffc0 == 0xfec0
        // What remains of ::/8 is IPv4 in IPv6 of old, and reserved.
        || parts[0] & 0xff00 == 0;
    !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: bool) {
        assert_eq!(check_address(address, false).is_ok(), expected, "{address}");
    }

    #[test]
    fn only_the_public_web_is_fetched() {
        check("https://democracy.example.gov.uk/moderngov", true);
        check("http://8.8.8.8/", true);
        check("http://[2a00:1450:4009::200e]/", true);
        check("file:///etc/passwd", false);
        check("ftp://example.gov.uk/", false);
        check("http://169.254.169.254/latest/meta-data", false);
        check("http://127.0.0.1/", false);
        check("http://127.1/", false);
        check("http://2130706433/", false);
        check("http://[::1]/", false);
        check("http://[::ffff:10.0.0.1]/", false);
        check("http://[64:ff9b::7f00:1]/", false);
        check("http://[fd00::1]/", false);
        check("http://10.1.2.3/", false);
        check("http://100.64.0.1/", false);
        check("http://0.0.0.0/", false);
        check("http://user:secret@example.gov.uk/", false);
        check("http://example.gov.uk:99999/", false);
        check("democracy.example.gov.uk", false);
        check("", false);
    }

    #[test]
    fn this_machine_is_reached_only_when_that_is_asked_for() {
        assert!(check_address("http://127.0.0.1:8080/", true).is_ok());
        assert!(check_address("http://10.0.0.1/", true).is_err());
        assert!(check_address("http://169.254.169.254/", true).is_err());
    }
}
