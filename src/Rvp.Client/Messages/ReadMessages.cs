using Rvp.Protocol;

namespace Rvp.Client.Messages;

/// <summary>
/// The messages that were read lately, by sender and Message-Id. A server sends again what it does not know to have arrived. For one reader at a time.
/// </summary>
internal sealed class ReadMessages
{
    private const int MaxMessages = 1000;

    private readonly HashSet<(ImAddress From, string Id)> known = [];
    private readonly Queue<(ImAddress From, string Id)> oldestFirst = new();

    /// <summary>False for one without an id: it may say the same for a second time.</summary>
    public bool Has(RvpEvent.MessageReceived message) => message.Id is { } id && known.Contains((message.From, id));

    public void Add(RvpEvent.MessageReceived message)
    {
        if (message.Id is not { } id || !known.Add((message.From, id))) return;
        oldestFirst.Enqueue((message.From, id));
        if (oldestFirst.Count > MaxMessages) known.Remove(oldestFirst.Dequeue());
    }
}
