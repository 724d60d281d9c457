//! Requests that wait for their answers, by a key both carry. Bounded; knows no protocol.

use crate::context::Ctx;
use crate::facts::LinkKind;
use crate::flow::FlowState;
use std::any::Any;
use std::collections::VecDeque;
use weir_model::{Field, PacketRef, Timestamp, Value};

/// Requests of a flow that wait; the oldest is forgotten first, for an answer that late is none.
const WAITING: usize = 128;

/// A request that waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    /// What its answer is known by.
    pub(crate) key: u64,
    pub(crate) packet: PacketRef,
    pub(crate) time: Timestamp,
    /// Its row.
    pub(crate) row: Option<u32>,
}

/// Those of a flow or stream.
#[derive(Clone, Default, Debug)]
pub(crate) struct Asked(VecDeque<Question>);

impl FlowState for Asked {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// A key as links have it.
fn short(key: u64) -> u32 {
    u32::try_from(key & 0xffff_ffff).unwrap_or(0)
}

impl Asked {
    fn push(&mut self, question: Question) {
        if self.0.len() >= WAITING {
            self.0.pop_front();
        }
        self.0.push_back(question);
    }

    fn take(&mut self, key: u64) -> Option<Question> {
        let at = self.0.iter().rposition(|q| q.key == key)?;
        self.0.remove(at)
    }
}

impl Question {
    fn here(ctx: &Ctx<'_>, key: u64, row: Option<u32>) -> Self {
        Self {
            key,
            packet: ctx.meta.packet,
            time: ctx.meta.time,
            row,
        }
    }

    fn link(&self, ctx: &mut Ctx<'_>) {
        let to = ctx.meta.packet;
        ctx.link(LinkKind::Answer, self.packet, to, short(self.key));
    }
}

/// A request over datagrams: its flow keeps it.
pub(crate) fn ask(ctx: &mut Ctx<'_>, key: u64, row: Option<u32>) {
    let question = Question::here(ctx, key, row);
    ctx.flow_state::<Asked, _>(|asked| asked.push(question));
}

/// An answer over datagrams: its question.
pub(crate) fn answered(ctx: &mut Ctx<'_>, key: u64) -> Option<Question> {
    let question = ctx.flow_state::<Asked, _>(|asked| asked.take(key))??;
    question.link(ctx);
    Some(question)
}

/// The field that names the packet of the answer, where there is one.
pub(crate) fn answer_in(ctx: &mut Ctx<'_>, key: u64, field: &'static Field) {
    if let Some(to) = ctx.linked_to(LinkKind::Answer, short(key)) {
        ctx.computed(field, Value::Uint(u64::from(to.number)));
    }
}

/// The fields that name the packet of the question and the time since it.
pub(crate) fn question_in(
    ctx: &mut Ctx<'_>,
    question: &Question,
    packet: &'static Field,
    time: &'static Field,
) {
    ctx.computed(packet, Value::Uint(u64::from(question.packet.number)));
    let waited = ctx.meta.time.since(question.time);
    ctx.computed(time, Value::Duration(waited));
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use crate::synth::Synth;

    #[test]
    fn questions_are_forgotten_before_they_are_too_many() {
        let mut s = Synth::default();
        let (a, b) = (([10, 0, 0, 1], 5000), ([10, 0, 0, 2], 123));
        let mut request = vec![0x23; 48];
        for n in 0..200u8 {
            request[40] = n;
            s.udp(a, b, &request);
        }
        let mut reply = vec![0x24; 48];
        for n in [0u8, 199] {
            request[40] = n;
            reply[24..32].copy_from_slice(&request[40..48]);
            s.udp(b, a, &reply);
        }
        let loaded = s.load();
        let links = loaded.facts().links.all();
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].from.number, 200);
    }
}
