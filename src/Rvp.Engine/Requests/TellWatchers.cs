namespace Rvp.Engine.Requests;

/// <summary>Watchers may have a false picture of the node, since news did not arrive: they are told how it looks now.</summary>
/// <param name="TimesOwed">The watches, with how often each was owed the news already; null: all of them.</param>
public sealed record TellWatchers(IReadOnlyDictionary<int, int>? TimesOwed) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context) => new(new Answer.Done(), [], Watchers.TellAll(node, TimesOwed));
}
