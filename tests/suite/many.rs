//! Many operations at once give what each gives alone, in their order, on however many threads.

use abey::{Checker, Operation, Verdict};
use abey_tests::agreements;

#[test]
fn many_operations_give_what_each_gives_alone() {
    for name in agreements::NAMES {
        let policy = agreements::policy(name);
        let texts = agreements::operations(name);
        let operations: Vec<Operation> = texts.iter().map(|text| Operation::from_json(text).unwrap()).collect();
        let lines = texts.iter().map(|text| text.replace('\n', " ") + "\n").collect::<String>() + "\nno operation\n";
        let decisions: Vec<_> = operations.iter().map(|operation| policy.check(operation)).collect();
        let verdicts: Vec<_> = operations.iter().map(|operation| policy.verdict(operation)).collect();
        assert!(verdicts.contains(&Ok(Verdict::Allow)) && verdicts.contains(&Ok(Verdict::Pause)));
        // As many threads as there may be, one, some, and more than operations.
        for threads in [0, 1, 2, 3, operations.len() + 5] {
            let many = policy.many().threads(threads);
            assert_eq!(many.check(&operations), decisions);
            assert_eq!(many.verdicts(&operations), verdicts);
            let (last, told) = (many.check_lines(lines.as_bytes()), many.verdict_lines(lines.as_bytes()));
            assert_eq!(last.get(..decisions.len()), Some(&decisions[..]));
            assert_eq!(last.len(), decisions.len() + 1, "an empty line tells nothing");
            let of_decisions: Vec<Verdict> = last.iter().map(|decision| decision.verdict).collect();
            assert_eq!(told, of_decisions);
            assert_eq!(told.last(), Some(&Verdict::Pause));
        }
        assert!(policy.many().threads(4).check(&[]).is_empty());
        assert!(Checker::verdict_json(&policy, b"no operation") == Ok(Verdict::Pause));
    }
}
