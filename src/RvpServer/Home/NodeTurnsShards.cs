using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>How a shard leaves this process.</summary>
internal sealed partial class NodeTurns
{
    /// <summary>
    /// Closes a shard: when this returns, no turn of its nodes is under way, none will be taken, and nothing is left of them in memory. What was promised is
    /// in the store, which whoever has the shard next reads.
    /// </summary>
    public async Task CloseAsync(Shard shard)
    {
        if (!shards.Remove(shard)) return;
        foreach (var (node, _) in moved.All)
            if (ShardMap.Of(node, shards.Count) == shard.Number) moved.HandOver(node);
        foreach (var slot in shard.Slots.Values)
        {
            using var turn = await slot.TakeTurnAsync(CancellationToken.None);
            if (slot.IsForgotten) continue;
            await StoreLateAsync(slot);
            LetGo(slot);
        }
    }

    private async Task StoreLateAsync(NodeSlot slot)
    {
        try
        {
            await late.StoreAsync(slot);
        }
        catch (StoreException)
        {
            // As if the process had ended: the contacts are asked, see Lost.
        }
    }

    // In its turn. Its watchers who are owed something hear of it from the next owner, by the note in the store.
    private void LetGo(NodeSlot slot)
    {
        var node = slot.Node;
        foreach (var entry in node.Inbox.Entries) room.GiveBack(node.Url, entry);
        if (node.AccountId is { } id) byAccount.TryRemove(new KeyValuePair<(string, string), NodeSlot>((node.Url.Host, id), slot));
        journal.Drop(node.Url);
        slot.Forget(metrics);
        // Their clients ask again, wherever the node is then.
        foreach (var signIn in node.SignIns) polls.Wake(node.Url, signIn.Id);
    }
}
