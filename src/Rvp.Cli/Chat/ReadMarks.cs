using Rvp.Client;

namespace Rvp.Cli.Chat;

/// <summary>Tells the user's other devices what was read here, and hears what was read there, where the server keeps a history.</summary>
internal sealed class ReadMarks(RvpClient client)
{
    private const int MaxConversations = 100; // As many as a chat has.

    private readonly HashSet<Talk> waiting = [];
    private readonly Lock gate = new();
    private bool isKept = true;

    /// <summary>Completes when everything that was shown is marked.</summary>
    public Task Marking { get; private set; } = Task.CompletedTask;

    /// <summary>All of a conversation was shown.</summary>
    public void Shown(Talk talk, CancellationToken stop)
    {
        lock (gate)
        {
            if (isKept && waiting.Add(talk)) Marking = MarkAfterAsync(Marking, talk, stop);
        }
    }

    /// <summary>What is unread on all devices; nothing where that is not known.</summary>
    public async Task<IReadOnlyList<PastConversation>> AskAsync(CancellationToken stop)
    {
        try
        {
            return await client.GetConversationsAsync(MaxConversations, stop);
        }
        catch (RvpClientException)
        {
            return []; // The next change tells.
        }
    }

    private async Task MarkAfterAsync(Task before, Talk talk, CancellationToken stop)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (gate) waiting.Remove(talk);
        try
        {
            if (isKept) await talk.Conversation.MarkReadAsync(stop);
        }
        catch (RvpClientException e)
        {
            // Where the server is away, the next message marks this one too; else it keeps no history.
            if (!e.IsTransient) isKept = false;
        }
    }
}
