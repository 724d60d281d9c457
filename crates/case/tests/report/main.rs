//! The report from hand-made material: its golden text, its pages, its checks, and hostile text in every field.

mod golden;
mod hostile;
mod lint;
mod material;
mod pages;
