//! `weir map`: the mind map of a case, or of what a scope finds, as a drawing or as text.

use super::Done;
use super::report::{material, of};
use crate::args::{Args, Usage};
use weir_case::map::{build, canvas, drawn, layout, markdown, mermaid, svg};
use weir_case::report::Cites;

pub(crate) fn run(args: &Args) -> Done {
    let wrong =
        || Usage("map needs -o OUT.svg, OUT.md, OUT.mmd, OUT.canvas or OUT.json".to_owned());
    let path = args.output.as_deref().ok_or_else(wrong)?;
    let ending = path.extension().and_then(|e| e.to_str());
    let ending = ending.map(str::to_ascii_lowercase).unwrap_or_default();
    if !["svg", "md", "mmd", "canvas", "json"].contains(&ending.as_str()) {
        return Err(wrong());
    }
    let (case, scope) = of(args, "map")?;
    let (material, code) = material(args, &case, scope, Cites::None)?;
    let built = build(&case, &material);
    // A case with a map of its own keeps it as it was edited.
    let mut nodes = case.live("node");
    let case = if nodes.any(|n| !n.now.text("origin").is_empty()) {
        case.clone()
    } else {
        built.added_to(&case)
    };
    let origins = built.origins();
    let map = case.map(Some(&origins));
    let laid = layout(&map);
    let text = match ending.as_str() {
        "svg" => svg(&map, &laid, &case.title),
        "md" => markdown(&map, &case.title),
        "mmd" => mermaid(&map),
        "canvas" => canvas(&map, &laid),
        _ => drawn(&map, &laid).to_string(),
    };
    std::fs::write(path, text).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    Ok(code)
}
