//! A protocol's fields written as a list: name, kind, title, and what else is said of them.

use weir_model::Kind;

pub(crate) const U8: Kind = Kind::Uint(8);
pub(crate) const U16: Kind = Kind::Uint(16);
pub(crate) const U24: Kind = Kind::Uint(24);
pub(crate) const U32: Kind = Kind::Uint(32);
pub(crate) const U64: Kind = Kind::Uint(64);

/// One static a field, and `ALL` of them.
macro_rules! fields {
    ($($id:ident $name:literal $kind:path, $title:literal $(.$with:ident($($what:expr)?))*;)*) => {
        $(pub(super) static $id: weir_model::Field =
            weir_model::Field::new($name, $kind, $title)$(.$with($($what)?))*;)*
        /// Every field.
        pub(super) static ALL: &[&weir_model::Field] = &[$(&$id),*];
    };
}
pub(crate) use fields;
