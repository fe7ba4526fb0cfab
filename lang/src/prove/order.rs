//! Days, moments and numbers: what is compared with what, and which comparisons can hold together.
//!
//! A quantity is a variable of the operation, moved by durations that the policy writes. A comparison of two of them
//! is a pair of bits, "less" and "greater", that the circuit leaves free. What an assignment of these bits asks of the
//! variables is a system of difference constraints (`x - y ≤ c`), which Bellman and Ford's algorithm decides: a
//! negative cycle is a set of comparisons that can't hold together, whatever the calendar; else its distances are values.
//! A month moves a day by 28 to 31 days, so constraints over months are weaker than what they stand for: a system
//! without a solution has none, but the values of one that has may have to be tried.

mod exact;

use std::collections::HashMap;

use abey_engine::calendar::{Date, Duration, Instant, Moment};

use super::circuit::{Bit, Circuit, NO, YES};
use exact::Taken;

/// A quantity, by its number.
pub type Id = usize;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What a quantity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A day.
    Date,
    /// A moment.
    Instant,
    /// A number, in the units of [`abey_engine::value::Number`].
    Number,
}

/// How a quantity comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Node {
    Day(Date),
    At(Instant),
    Number(i64),
    /// What the operation says, by the number of the variable.
    Told(usize),
    /// So much later (1) or earlier (-1).
    Moved(Id, Duration, i8),
    EndOfMonth(Id),
    EndOfYear(Id),
    /// The beginning of a day.
    Start(Id),
    /// The day of a moment.
    DayOf(Id),
    /// So much more.
    More(Id, i64),
    /// A sum (1) or a difference (-1) that isn't followed further.
    Sum(Id, Id, i8),
    /// Later (1) or earlier (-1) by a length that isn't followed, told by the fact of this number.
    MovedByOther(Id, usize, i8),
}

/// What the operation says: of which kind, and whether it says it at all.
#[derive(Clone, Copy, Debug)]
struct Variable {
    kind: Kind,
    present: Bit,
}

/// Where a quantity lies: so far from a variable, or from zero, at least and at most. None where that isn't followed.
type Span = Option<(Option<usize>, i128, i128)>;

/// A comparison of two quantities.
#[derive(Clone, Copy, Debug)]
struct Comparison {
    left: Id,
    right: Id,
    less: Bit,
    greater: Bit,
    /// Where the variable lies for each order, if there is one, and that is known by the calendar.
    thresholds: Option<Thresholds>,
}

impl Comparison {
    /// What an assignment says of it.
    fn said(&self, holds: &impl Fn(Bit) -> bool) -> Vec<Bit> {
        match (holds(self.less), holds(self.greater)) {
            (true, _) => vec![self.less],
            (_, true) => vec![self.greater],
            _ => vec![!self.less, !self.greater],
        }
    }
}

/// At least and at most, for less, equal and greater.
type Thresholds = [(Option<i128>, Option<i128>); 3];

/// The order of two quantities, as bits; equal where neither holds.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The left is less.
    pub less: Bit,
    /// The left is greater.
    pub greater: Bit,
}

/// Every quantity and comparison of some policies.
pub struct Orders {
    /// Minutes east of UTC at which days begin.
    pub offset: i16,
    /// A day about which values are looked for first.
    pub anchor: Date,
    nodes: Vec<Node>,
    known: HashMap<Node, Id>,
    spans: Vec<Span>,
    /// The same from variables of their own for what only the calendar places: two that are moved from one month's end
    /// lie as far apart as they are moved.
    links: Vec<Span>,
    /// Those variables, each with what it lies so far from.
    bonds: Vec<(usize, Span)>,
    kinds: Vec<Kind>,
    variables: Vec<Variable>,
    comparisons: Vec<Comparison>,
    compared: HashMap<(Id, Id), Order>,
}

/// What the comparisons of an assignment come to.
pub enum Values {
    /// A value for each variable: microseconds of local time, or units of a number.
    Of(Vec<i64>),
    /// These bits can't hold together.
    Conflict(Vec<Bit>),
    /// They may or may not: these bits were not settled.
    Unsettled(Vec<Bit>),
}

impl Orders {
    /// No quantities, with days that begin so many minutes east of UTC, and values near a day.
    pub fn new(offset: i16, anchor: Date) -> Self {
        Orders {
            offset,
            anchor,
            nodes: Vec::new(),
            known: HashMap::new(),
            spans: Vec::new(),
            links: Vec::new(),
            bonds: Vec::new(),
            kinds: Vec::new(),
            variables: Vec::new(),
            comparisons: Vec::new(),
            compared: HashMap::new(),
        }
    }

    /// A variable: what the operation says, where `present`.
    pub fn variable(&mut self, kind: Kind, present: Bit) -> Id {
        self.variables.push(Variable { kind, present });
        let number = self.variables.len() - 1;
        self.node(Node::Told(number), kind, Some((Some(number), 0, 0)))
    }

    /// The variable of a quantity made by [`Orders::variable`].
    pub fn number_of(&self, id: Id) -> usize {
        match self.nodes.get(id) {
            Some(Node::Told(number)) => *number,
            _ => usize::MAX,
        }
    }

    /// A day or moment that is written.
    pub fn moment(&mut self, moment: Moment) -> Id {
        let local = i128::from(self.local(moment));
        match moment {
            Moment::Date(day) => self.node(Node::Day(day), Kind::Date, Some((None, local, local))),
            Moment::Instant(at) => self.node(Node::At(at), Kind::Instant, Some((None, local, local))),
        }
    }

    /// A number that is written.
    pub fn number(&mut self, number: i64) -> Id {
        self.node(Node::Number(number), Kind::Number, Some((None, number.into(), number.into())))
    }

    /// A number that is written, in units.
    pub fn written_number(&self, id: Id) -> Option<i64> {
        match self.nodes.get(id) {
            Some(Node::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A sum (1) or a difference (-1) of two numbers, which isn't followed further: it compares as it may.
    pub fn sum(&mut self, left: Id, right: Id, sign: i8) -> Id {
        self.node(Node::Sum(left, right, sign), Kind::Number, None)
    }

    /// Later (1) or earlier (-1) by a length that isn't followed further.
    pub fn moved_by_other(&mut self, id: Id, fact: usize, sign: i8) -> Id {
        let kind = self.kind(id);
        self.node(Node::MovedByOther(id, fact, sign), kind, None)
    }

    /// What kind a quantity is of.
    pub fn kind(&self, id: Id) -> Kind {
        self.kinds.get(id).copied().unwrap_or(Kind::Number)
    }

    fn local(&self, moment: Moment) -> i64 {
        match moment {
            Moment::Date(day) => i64::from(day.0) * DAY,
            Moment::Instant(at) => at.0 + i64::from(self.offset) * 60_000_000,
        }
    }

    fn node(&mut self, node: Node, kind: Kind, span: Span) -> Id {
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        let link = self.link(node, kind, span);
        self.nodes.push(node);
        self.kinds.push(kind);
        self.spans.push(span);
        self.links.push(link);
        self.known.insert(node, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// Where a quantity lies that comes about so: from the variable of what it comes from, or one of its own.
    fn link(&mut self, node: Node, kind: Kind, span: Span) -> Span {
        let (Node::Moved(of, ..)
        | Node::EndOfMonth(of)
        | Node::EndOfYear(of)
        | Node::Start(of)
        | Node::DayOf(of)
        | Node::More(of, _)) = node
        else {
            return span;
        };
        let ((base, low, high), (_, least, most)) = (span?, self.span(of)?);
        let (from, near, far) = self.links.get(of).copied().flatten()?;
        let link = (from, near + low - least, far + high - most);
        let present = base.and_then(|base| self.variables.get(base)).map(|variable| variable.present);
        let (false, Some(present)) = (link.1 == link.2, present) else { return Some(link) };
        self.variables.push(Variable { kind, present });
        let own = self.variables.len() - 1;
        self.bonds.push((own, Some(link)));
        Some((Some(own), 0, 0))
    }

    fn written(&self, id: Id) -> Option<Moment> {
        match self.nodes.get(id) {
            Some(Node::Day(day)) => Some(Moment::Date(*day)),
            Some(Node::At(at)) => Some(Moment::Instant(*at)),
            _ => None,
        }
    }

    fn span(&self, id: Id) -> Span {
        self.spans.get(id).copied().flatten()
    }

    fn widened(&self, id: Id, low: i128, high: i128) -> Span {
        self.span(id).map(|(base, least, most)| (base, least + low, most + high))
    }

    /// So much later (1) or earlier (-1).
    pub fn moved(&mut self, id: Id, by: Duration, sign: i8) -> Id {
        if let Some(moment) = self.written(id) {
            let moved = if sign > 0 { moment.plus(by, self.offset) } else { moment.minus(by, self.offset) };
            return self.moment(moved);
        }
        let kind = if by.seconds == 0 { self.kind(id) } else { Kind::Instant };
        let (least, most) = days_of_months(by.months);
        let plain = i128::from(by.days) * i128::from(DAY) + i128::from(by.seconds) * 1_000_000;
        let (low, high) = (plain + i128::from(least * DAY), plain + i128::from(most * DAY));
        let span = if sign > 0 { self.widened(id, low, high) } else { self.widened(id, -high, -low) };
        self.node(Node::Moved(id, by, sign), kind, span)
    }

    /// A number and so much more.
    pub fn more(&mut self, id: Id, by: i64) -> Id {
        if let Some(Node::Number(number)) = self.nodes.get(id) {
            return match number.checked_add(by) {
                Some(sum) => self.number(sum),
                None => self.node(Node::More(id, by), Kind::Number, None),
            };
        }
        let span = self.widened(id, by.into(), by.into());
        self.node(Node::More(id, by), Kind::Number, span)
    }

    /// The last day of its month.
    pub fn end_of_month(&mut self, id: Id) -> Id {
        self.end(id, Node::EndOfMonth(id), 30, Date::end_of_month)
    }

    /// The last day of its year.
    pub fn end_of_year(&mut self, id: Id) -> Id {
        self.end(id, Node::EndOfYear(id), 365, Date::end_of_year)
    }

    fn end(&mut self, id: Id, node: Node, days: i128, end: fn(Date) -> Date) -> Id {
        if let Some(moment) = self.written(id) {
            return self.moment(Moment::Date(end(moment.day(self.offset))));
        }
        let earlier = if self.kind(id) == Kind::Instant { 1 - i128::from(DAY) } else { 0 };
        let span = self.widened(id, earlier, days * i128::from(DAY));
        self.node(node, Kind::Date, span)
    }

    /// The moment at which it begins, where it is a day.
    pub fn start(&mut self, id: Id) -> Id {
        match self.written(id) {
            Some(Moment::Date(day)) => self.moment(Moment::Instant(day.start(self.offset))),
            _ if self.kind(id) == Kind::Date => self.node(Node::Start(id), Kind::Instant, self.span(id)),
            _ => id,
        }
    }

    /// The day on which it is, where it is a moment.
    pub fn day_of(&mut self, id: Id) -> Id {
        // Hours from the beginning of a day are as many days, and part of one.
        if let Some(Node::Moved(of, by, sign)) = self.nodes.get(id).copied()
            && self.kind(of) == Kind::Date
        {
            let seconds = if sign > 0 { by.seconds / 86_400 } else { by.seconds.div_ceil(86_400) };
            return self.moved(of, Duration { days: by.days.saturating_add(seconds), seconds: 0, ..by }, sign);
        }
        match self.written(id) {
            Some(moment @ Moment::Instant(_)) => self.moment(Moment::Date(moment.day(self.offset))),
            _ if self.kind(id) == Kind::Instant => {
                let span = self.widened(id, 1 - i128::from(DAY), 0);
                self.node(Node::DayOf(id), Kind::Date, span)
            }
            _ => id,
        }
    }

    /// The order of two quantities; of a day and a moment, that of the days.
    pub fn order(&mut self, circuit: &mut Circuit, left: Id, right: Id) -> Order {
        if left > right {
            let Order { less, greater } = self.order(circuit, right, left);
            return Order { less: greater, greater: less };
        }
        if left == right {
            return Order { less: NO, greater: NO };
        }
        if let Some(order) = self.compared.get(&(left, right)) {
            return *order;
        }
        let order = match (self.possible(left, right, -1), self.possible(left, right, 0), self.possible(left, right, 1))
        {
            (true, false, false) => Order { less: YES, greater: NO },
            (false, true, false) => Order { less: NO, greater: NO },
            (false, false, true) => Order { less: NO, greater: YES },
            (less, equal, greater) => {
                let less = if less { circuit.fresh() } else { NO };
                let greater = match (greater, equal, less) {
                    (false, ..) => NO,
                    (true, false, less) => !less,
                    (true, true, _) => circuit.fresh(),
                };
                circuit.clause(&[!less, !greater]);
                let thresholds = self.thresholds(left, right);
                self.comparisons.push(Comparison { left, right, less, greater, thresholds });
                Order { less, greater }
            }
        };
        self.compared.insert((left, right), order);
        order
    }

    /// What the left being less (-1), equal (0) or greater (1) asks of `right - left`, at least and at most.
    fn asked(&self, left: Id, right: Id, sign: i8) -> (Option<i128>, Option<i128>) {
        let day = i128::from(DAY);
        match (self.kind(left), self.kind(right), sign) {
            (Kind::Date, Kind::Date, -1) => (Some(day), None),
            (Kind::Date, Kind::Date, 1) => (None, Some(-day)),
            // A day is less than a moment where it is over before it.
            (Kind::Date, Kind::Instant, -1) => (Some(day), None),
            (Kind::Date, Kind::Instant, 1) => (None, Some(-1)),
            (Kind::Date, Kind::Instant, _) => (Some(0), Some(day - 1)),
            (Kind::Instant, Kind::Date, -1) => (Some(1), None),
            (Kind::Instant, Kind::Date, 1) => (None, Some(-day)),
            (Kind::Instant, Kind::Date, _) => (Some(1 - day), Some(0)),
            (_, _, -1) => (Some(1), None),
            (_, _, 1) => (None, Some(-1)),
            _ => (Some(0), Some(0)),
        }
    }

    /// Whether two quantities can be in such an order at all, by where they lie.
    fn possible(&self, left: Id, right: Id, sign: i8) -> bool {
        let (Some((base, low, high)), Some((other, least, most))) = (self.span(left), self.span(right)) else {
            return true;
        };
        if base != other {
            return true;
        }
        let (from, to) = (least - high, most - low);
        let (at_least, at_most) = self.asked(left, right, sign);
        at_least.is_none_or(|at_least| at_least <= to) && at_most.is_none_or(|at_most| from <= at_most)
    }

    /// What a bit compares: left, right, less (-1) or greater (1), and whether it says so or denies it.
    pub fn compares(&self, bit: Bit) -> Option<(Id, Id, i8, bool)> {
        self.comparisons.iter().find_map(|Comparison { left, right, less, greater, .. }| {
            let ways = [(*less, -1, true), (!*less, -1, false), (*greater, 1, true), (!*greater, 1, false)];
            let found = ways.into_iter().find(|(own, ..)| *own == bit);
            found.map(|(_, sign, held)| (*left, *right, sign, held))
        })
    }

    /// Whether a quantity is written in the policy, and turns on nothing that is told.
    pub fn is_written(&self, id: Id) -> bool {
        matches!(self.nodes.get(id), Some(Node::Day(_) | Node::At(_) | Node::Number(_)))
    }

    /// A quantity as a condition says it.
    pub fn said(
        &self,
        id: Id,
        variable: &dyn Fn(usize) -> String,
        moment: &dyn Fn(Moment) -> String,
        length: &dyn Fn(Duration) -> String,
    ) -> String {
        let said = |id: Id| self.said(id, variable, moment, length);
        match self.nodes.get(id) {
            None => String::new(),
            Some(Node::Day(day)) => moment(Moment::Date(*day)),
            Some(Node::At(at)) => moment(Moment::Instant(*at)),
            Some(Node::Number(number)) => abey_engine::value::Number(*number).to_string(),
            Some(Node::Told(number)) => variable(*number),
            Some(Node::Moved(of, by, sign)) => {
                format!("{} {} {}", said(*of), if *sign > 0 { "+" } else { "-" }, length(*by))
            }
            Some(Node::EndOfMonth(of)) => format!("end of month of {}", said(*of)),
            Some(Node::EndOfYear(of)) => format!("end of year of {}", said(*of)),
            Some(Node::Start(of) | Node::DayOf(of)) => said(*of),
            Some(Node::More(of, by)) => {
                let by = abey_engine::value::Number(*by).to_string();
                format!("{} {} {}", said(*of), if by.starts_with('-') { "-" } else { "+" }, by.trim_start_matches('-'))
            }
            Some(Node::Sum(..) | Node::MovedByOther(..)) => "another value".into(),
        }
    }

    /// What an assignment says of each comparison: the order of the two, and that it isn't the opposite, which more
    /// assignments may have in common.
    pub fn touched(&self, holds: impl Fn(Bit) -> bool) -> Vec<Bit> {
        let said = |comparison: &Comparison| match (holds(comparison.less), holds(comparison.greater)) {
            (true, _) => [comparison.less, !comparison.greater],
            (_, true) => [comparison.greater, !comparison.less],
            _ => [!comparison.less, !comparison.greater],
        };
        self.comparisons.iter().flat_map(said).collect()
    }

    /// Leaves out what another of the bits says more of: that it isn't earlier, where it is later.
    pub fn leave_weaker_out(&self, bits: &mut Vec<Bit>) {
        for comparison in &self.comparisons {
            for (order, opposite) in [(comparison.less, comparison.greater), (comparison.greater, comparison.less)] {
                if bits.contains(&order) {
                    bits.retain(|bit| *bit != !opposite);
                }
            }
        }
    }

    /// What an assignment says of which quantities there are, and of each comparison of those: on this values turn.
    pub fn standing(&self, holds: impl Fn(Bit) -> bool) -> Vec<Bit> {
        let absent = |id: Id| match self.span(id) {
            Some((Some(base), ..)) => self.variables.get(base).is_some_and(|variable| !holds(variable.present)),
            _ => false,
        };
        let present = self.variables.iter().map(|one| if holds(one.present) { one.present } else { !one.present });
        let mut bits: Vec<Bit> = present.filter(|bit| *bit != YES).collect();
        let there = self.comparisons.iter().filter(|one| !absent(one.left) && !absent(one.right));
        bits.extend(there.flat_map(|comparison| comparison.said(&holds)));
        bits
    }

    /// Values for what an assignment says of every comparison; such that fit the calendar, where those are found.
    pub fn values(&self, holds: impl Fn(Bit) -> bool) -> Values {
        let taken = vec![Taken::Any; self.comparisons.len()];
        match self.within(&holds, &taken) {
            Ok(values) => Values::Of(self.fitted(&holds, values.clone()).unwrap_or(values)),
            Err(because) if because.is_empty() => Values::Unsettled(self.standing(holds)),
            Err(because) => Values::Conflict(because),
        }
    }

    /// Values within the spans of what is compared, each taken so, or the bits of comparisons that have none.
    fn within(&self, holds: &impl Fn(Bit) -> bool, taken: &[Taken]) -> Result<Vec<i64>, Vec<Bit>> {
        let constraints = self.constraints(holds, taken);
        let unit = |number: bool| if number { i128::from(abey_engine::value::SCALE) } else { i128::from(DAY) };
        // Whole days and whole numbers first: they are easier to read, and days have to be whole.
        let whole: Vec<Constraint> = constraints
            .iter()
            .map(|one| Constraint { most: one.most.div_euclid(unit(one.number)) * unit(one.number), ..one.clone() })
            .collect();
        self.solved(&whole).or_else(|_| self.solved(&constraints))
    }

    /// What an assignment asks of the variables.
    fn constraints(&self, holds: &impl Fn(Bit) -> bool, taken: &[Taken]) -> Vec<Constraint> {
        let mut constraints: Vec<Constraint> = Vec::new();
        for (own, link) in &self.bonds {
            let Some((from, low, high)) = *link else { continue };
            let (own, number, because) = (Some(*own), false, Vec::new());
            constraints.push(Constraint { more: own, less: from, most: high, number, because: because.clone() });
            constraints.push(Constraint { more: from, less: own, most: -low, number, because });
        }
        let present = |base: Option<usize>| {
            base.is_none_or(|base| self.variables.get(base).is_some_and(|variable| holds(variable.present)))
        };
        for (comparison, taken) in self.comparisons.iter().zip(taken) {
            let Comparison { left, right, less, greater, .. } = *comparison;
            // Only what is taken as any is placed by variables of its own.
            let spans = if *taken == Taken::Any { &self.links } else { &self.spans };
            let span = |id: Id| spans.get(id).copied().flatten();
            let (Some((from, low, high)), Some((to, least, most))) = (span(left), span(right)) else { continue };
            if !present(from) || !present(to) {
                continue;
            }
            let (sign, because): (i8, Vec<Bit>) = match (holds(less), holds(greater)) {
                (true, _) => (-1, vec![less]),
                (_, true) => (1, vec![greater]),
                _ => (0, vec![!less, !greater]),
            };
            let number = self.kind(left) == Kind::Number;
            let roots = [left, right].map(|id| self.span(id).and_then(|(base, ..)| base));
            if let ([Some(variable), None] | [None, Some(variable)], Some(thresholds)) = (roots, comparison.thresholds)
            {
                let (at_least, at_most) = thresholds.get((sign + 1) as usize).copied().unwrap_or_default();
                let variable = Some(variable);
                constraints.extend(at_most.map(|most| Constraint {
                    more: variable,
                    less: None,
                    most,
                    number,
                    because: because.clone(),
                }));
                constraints.extend(at_least.map(|least| Constraint {
                    more: None,
                    less: variable,
                    most: -least,
                    number,
                    because: because.clone(),
                }));
                continue;
            }
            let (at_least, at_most) = self.asked(left, right, sign);
            let (low, high, least, most) = match *taken {
                Taken::Any => (low, high, least, most),
                Taken::Every => (high, low, most, least),
                Taken::As(left, right) => (left, left, right, right),
            };
            // to + [least, most] - from - [low, high] lies between.
            if let Some(at_most) = at_most {
                let most = at_most - least + high;
                constraints.push(Constraint { more: to, less: from, most, number, because: because.clone() });
            }
            if let Some(at_least) = at_least {
                let most_back = most - low - at_least;
                constraints.push(Constraint { more: from, less: to, most: most_back, number, because });
            }
        }
        constraints
    }

    /// Distances that obey the constraints, or the bits of a cycle that can't be obeyed.
    fn solved(&self, constraints: &[Constraint]) -> Result<Vec<i64>, Vec<Bit>> {
        let count = self.variables.len();
        // Two zeros stand behind the variables: that of days, and that of numbers.
        let place = |base: Option<usize>, number: bool| base.unwrap_or(count + usize::from(number));
        let anchor = i128::from(self.anchor.0) * i128::from(DAY);
        let mut at: Vec<i128> =
            self.variables.iter().map(|one| if one.kind == Kind::Number { 0 } else { anchor }).collect();
        // The zero of days begins as the anchor, so that a variable nothing is asked of lies there.
        at.extend([anchor, 0]);
        let shift = anchor;
        let mut why: Vec<Option<usize>> = vec![None; at.len()];
        for round in 0..=at.len() {
            let mut changed = None;
            for (index, one) in constraints.iter().enumerate() {
                // Behind zero, distances are from the anchor.
                let zero = |base: Option<usize>| if base.is_none() && !one.number { shift } else { 0 };
                let (more, less) = (place(one.more, one.number), place(one.less, one.number));
                let most = one.most + zero(one.more) - zero(one.less);
                let bound = at.get(less).copied().unwrap_or(0) + most;
                if let Some(own) = at.get_mut(more)
                    && *own > bound
                {
                    *own = bound;
                    if let Some(why) = why.get_mut(more) {
                        *why = Some(index);
                    }
                    changed = Some(more);
                }
            }
            let Some(last) = changed else { break };
            if round == at.len() {
                return Err(self.cycle(constraints, &why, last, place));
            }
        }
        let zeros = [at.get(count).copied().unwrap_or(0) - shift, at.get(count + 1).copied().unwrap_or(0)];
        let values = self.variables.iter().zip(&at).map(|(one, at)| {
            let zero = zeros.get(usize::from(one.kind == Kind::Number)).copied().unwrap_or(0);
            i64::try_from(at - zero).map_err(|_| Vec::new())
        });
        values.collect()
    }

    /// The comparisons of a negative cycle.
    fn cycle(
        &self,
        constraints: &[Constraint],
        why: &[Option<usize>],
        last: usize,
        place: impl Fn(Option<usize>, bool) -> usize,
    ) -> Vec<Bit> {
        let back = |at: usize| {
            let index = why.get(at).copied().flatten()?;
            let one = constraints.get(index)?;
            Some((place(one.less, one.number), one))
        };
        let mut at = last;
        for _ in 0..why.len() {
            if let Some((earlier, _)) = back(at) {
                at = earlier;
            }
        }
        let (start, mut bits) = (at, Vec::new());
        for _ in 0..=why.len() {
            let Some((earlier, one)) = back(at) else { break };
            bits.extend(one.because.iter().copied());
            at = earlier;
            if at == start {
                break;
            }
        }
        bits.sort_unstable();
        bits.dedup();
        bits
    }
}

/// `more - less ≤ most`.
#[derive(Clone, Debug)]
struct Constraint {
    more: Option<usize>,
    less: Option<usize>,
    most: i128,
    number: bool,
    because: Vec<Bit>,
}

/// The least and the greatest number of days in so many months.
fn days_of_months(months: u32) -> (i64, i64) {
    if months == 0 {
        return (0, 0);
    }
    // Past five years, the mean and four days of slack; below, every start about a leap year and about one left out.
    if months > 60 {
        let mean = i64::from(months) * 146_097 / 4800;
        return (mean - 5, mean + 5);
    }
    let (mut least, mut most) = (i64::MAX, i64::MIN);
    for year in (2001..=2009).chain(2091..=2104) {
        for month in 1..=12 {
            for day in 28..=31 {
                let Some(from) = Date::new(year, month, day) else { continue };
                let later = i64::from(from.plus_months(i64::from(months)).0 - from.0);
                let earlier = i64::from(from.0 - from.plus_months(-i64::from(months)).0);
                least = least.min(later).min(earlier);
                most = most.max(later).max(earlier);
            }
        }
    }
    (least, most)
}
