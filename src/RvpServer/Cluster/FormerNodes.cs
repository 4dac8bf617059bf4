using System.Data.Common;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Home;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Cluster;

/// <summary>Looks in the store for the earlier name of an account, and asks the process that has its node for what is in it.</summary>
internal sealed class FormerNodes(IDatabase database, ShardGrains grains) : IFormerNodes
{
    private const string FindSql = "SELECT n.url FROM node_accounts a JOIN nodes n ON n.node = a.node WHERE a.account = @account AND a.node <> @node";

    /// <inheritdoc/>
    public async Task<Inherit?> FindAsync(RvpUrl node, NodeOwner owner, CancellationToken stop)
    {
        foreach (var former in await FindNodesAsync(node, owner.AccountId, stop))
        {
            // Of another domain the account with this id is another one.
            if (former.Host != node.Host) continue;
            var packed = await grains.AskAsync(former, grain => grain.GiveEstateAsync(former.ToString(), owner.AccountId), stop);
            if (packed.Length == 0) continue;
            var left = new Node(former, owner);
            foreach (var change in PackedNode.Unpack(former, packed)) left.Apply(change);
            return Inherit.From(left);
        }
        return null;
    }

    /// <inheritdoc/>
    public Task EndAsync(RvpUrl former) => grains.AskAsync(former, async grain =>
    {
        await grain.EndFormerAsync(former.ToString());
        return true;
    }, CancellationToken.None);

    private async Task<List<RvpUrl>> FindNodesAsync(RvpUrl node, string account, CancellationToken stop)
    {
        try
        {
            await using var connection = await database.OpenAsync(stop);
            await using var command = Sql.Command(connection, FindSql, ("@account", account), ("@node", NodeRows.KeyOf(node)));
            await using var row = await command.ExecuteReaderAsync(stop);
            var found = new List<RvpUrl>();
            while (await row.ReadAsync(stop))
                if (RvpUrl.TryParse(row.GetString(0), out var url)) found.Add(url);
            return found;
        }
        catch (DbException failure)
        {
            throw new StoreException("The store cannot be read: " + failure.Message, failure);
        }
    }
}
