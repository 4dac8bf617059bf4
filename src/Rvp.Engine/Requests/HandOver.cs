namespace Rvp.Engine.Requests;

/// <summary>
/// Hands the messages that were kept for an account to the callback of a sign-in, one after the other: what POLL is for others. Until all are handed over, new
/// ones wait behind them.
/// </summary>
/// <param name="Id">The sign-in.</param>
/// <param name="Taken">The message that the callback has answered; null at the beginning, and if it has not.</param>
public sealed record HandOver(int Id, long? Taken) : Request
{
    // From the server to the client. [white paper]
    private const int LastHop = 3;

    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <summary>204 if there is nothing more; else the cursor of the one message that is sent.</summary>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (node.FindSubscription(Id) is not { Callback: not Callback.Polled } signIn) return new Answer.Done(204);
        Change[] changes = Taken is { } taken ? [.. node.Inbox.Acknowledge([Id], taken)] : [];
        if (node.Inbox.For(Id).FirstOrDefault(entry => !(entry.Sequence <= Taken)) is not { } next) return new Outcome(new Answer.Done(204), changes, []);
        var message = new Notification(signIn.Callback, Id, node.Url, next.Sender ?? node.Url.ToString(), LastHop, next.Body, IsPropertyChange: false);
        return new Outcome(new Answer.Done { Cursor = next.Sequence }, changes, [message]);
    }
}
