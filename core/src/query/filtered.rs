/// Of an [`Update`](super::Update) or [`Delete`](super::Delete) that says which rows it changes: by a filter, or as all of them.
pub struct Filtered;

/// Of an [`Update`](super::Update) or [`Delete`](super::Delete) that doesn't say yet which rows it changes, and so can't be run.
pub struct Unfiltered;

/// Holds for [`Filtered`] alone: what an update or delete must be to be run. Sealed.
#[diagnostic::on_unimplemented(
    message = "an update or delete without a filter would change every row",
    label = "it is not said which rows",
    note = "say which by `.filter(..)`, or that it is to be all of them by its name: `update_all`, `delete_all`"
)]
pub trait NamesRows: sealed::Sealed {}

impl NamesRows for Filtered {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Filtered {}
    impl Sealed for super::Unfiltered {}
}
