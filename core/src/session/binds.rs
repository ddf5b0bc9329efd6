use crate::{BindKey, Result, ToBindKey};

/// Every configured bind: for [`Databases::create_all`](super::Databases::create_all) and its kin.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// databases.create_all(All).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct All;

/// Which binds: [`All`], one key, or several.
///
/// ```
/// use bindery::session::{All, Binds};
/// use bindery::{BindKey, Result};
///
/// assert_eq!(All.keys()?, None);
/// assert_eq!("auth".keys()?, Some(vec![BindKey::from_static("auth")]));
/// assert_eq!(["default", "auth"].keys()?.unwrap().len(), 2);
/// assert!("No key".keys().is_err());
/// # Ok::<(), bindery::Error>(())
/// ```
pub trait Binds {
    /// The keys; `None` for all.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`](crate::ErrorKind::UnknownBind) where a name is malformed.
    fn keys(&self) -> Result<Option<Vec<BindKey>>>;
}

impl Binds for All {
    fn keys(&self) -> Result<Option<Vec<BindKey>>> {
        Ok(None)
    }
}

impl Binds for BindKey {
    fn keys(&self) -> Result<Option<Vec<BindKey>>> {
        Ok(Some(vec![*self]))
    }
}

impl Binds for &str {
    fn keys(&self) -> Result<Option<Vec<BindKey>>> {
        Ok(Some(vec![self.to_bind_key()?]))
    }
}

impl<K: ToBindKey> Binds for [K] {
    fn keys(&self) -> Result<Option<Vec<BindKey>>> {
        self.iter().map(ToBindKey::to_bind_key).collect::<Result<_>>().map(Some)
    }
}

impl<K: ToBindKey, const N: usize> Binds for [K; N] {
    fn keys(&self) -> Result<Option<Vec<BindKey>>> {
        self.as_slice().keys()
    }
}

impl<K: ToBindKey> Binds for Vec<K> {
    fn keys(&self) -> Result<Option<Vec<BindKey>>> {
        self.as_slice().keys()
    }
}

impl<K: ToBindKey> Binds for &[K] {
    fn keys(&self) -> Result<Option<Vec<BindKey>>> {
        (**self).keys()
    }
}
