/// The lock that a select takes on the rows that it gives, until the transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Lock {
    pub(crate) shared: bool,
    pub(crate) taken: Taken,
}

/// What becomes of rows that another transaction has locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Taken {
    Wait,
    Skip,
    Fail,
}
