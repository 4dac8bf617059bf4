using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>
/// REPORT: the owner asks for something that is not part of the node, such as its history. Here is decided only whether it may be asked; the code that takes
/// the request finds it. (Decision)
/// </summary>
public abstract record Report : Request
{
    private Report()
    {
    }

    /// <inheritdoc/>
    public override Admission Admission => Admission.Owner;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context) => new Answer.Done();

    /// <summary>Messages of the history.</summary>
    public sealed record OfMessages(HistoryQuery Query) : Report
    {
        /// <inheritdoc/>
        public override Outcome Decide(Node node, DecisionContext context) => context.KeepsHistory ? new Answer.Done() : Refusal.NoHistory;
    }

    /// <summary>Its conversations, newest first.</summary>
    public sealed record OfConversations(int Limit) : Report
    {
        /// <inheritdoc/>
        public override Outcome Decide(Node node, DecisionContext context) => context.KeepsHistory ? new Answer.Done() : Refusal.NoHistory;
    }

    /// <summary>People of the owner's domain.</summary>
    public sealed record OfPeople(PeopleSearch Search) : Report;
}
