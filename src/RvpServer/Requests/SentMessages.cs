using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Nodes;

namespace RvpServer.Requests;

/// <summary>
/// Puts what our own users have sent into their own history, when somebody has it. What a client sends to another home server itself does not come through
/// here; the web client's does.
/// </summary>
internal sealed partial class SentMessages(INodes nodes, KeptHistory history, TimeProvider clock, ILogger<SentMessages> logger)
{
    /// <summary>A message of one of our own users whose history is kept; null for anything else. To be asked before the request is given away.</summary>
    public Sent? Find(RvpContext context)
    {
        if (!history.IsAny || context.Request is not Notify { Head.IsPropertyChange: false } message) return null;
        return context.Caller.Principal is { Location: NodeLocation.Here, Account: { } account, Url: var sender }
            && Of(account, sender, message, context.Node.Url) is { } sent
            ? sent with { IsByPage = context.Caller.IsPage }
            : null;
    }

    /// <summary>The same for a message of one of our own users that no request of theirs has brought.</summary>
    public Sent? Of(Account account, RvpUrl sender, Notify message, RvpUrl to)
    {
        // A message to oneself is in the history already.
        if (!history.IsKeptIn(sender.Host) || !message.Head.From.Equals(sender) || to.Equals(sender)) return null;
        var archived = ArchivedMessage.Of(sender, message, to, clock.GetUtcNow());
        return archived is null ? null : new Sent(sender, NodeLocator.OwnerOf(account), archived);
    }

    /// <summary>Notes it, if the answer says that somebody has it; the sender does not wait for this.</summary>
    public void Note(Sent? sent, Answer answer)
    {
        if (sent is { } message && answer is Answer.Done) _ = NoteAsync(message);
    }

    private async Task NoteAsync(Sent sent)
    {
        try
        {
            var note = new NoteSent(sent.Message, sent.IsByPage);
            await nodes.AskAsync(sent.Sender, sent.Owner, note, new Caller(sent.Sender, Credentials.Internal), CancellationToken.None);
        }
        catch (Exception failure)
        {
            Log.NotNoted(logger, failure, sent.Sender);
        }
    }

    /// <summary>A message that was sent.</summary>
    internal sealed record Sent(RvpUrl Sender, NodeOwner Owner, ArchivedMessage Message)
    {
        /// <summary>Whether a page of the web client has sent it.</summary>
        public bool IsByPage { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "SentNotNoted", Level = LogLevel.Warning, Message = "A message that {Node} has sent is not in its history")]
        public static partial void NotNoted(ILogger logger, Exception failure, RvpUrl node);
    }
}
