using RvpServer.Administration;
using RvpServer.Cluster;
using RvpServer.Storage;

namespace RvpServer.Admin;

/// <summary>Has processes of a cluster give their shards to the others, or take their share again. Noted in the store, where all processes look.</summary>
internal sealed class ClusterDrain(IDatabase database, AuditLog audit, Administrator who)
{
    /// <summary>Throws <see cref="ApiRefusal"/> if there is no such process, or nobody else who could take its shards.</summary>
    /// <param name="which">Its name, its machine if there is one process on it, or its address in the cluster.</param>
    /// <param name="isDrained">Whether it is to have none.</param>
    /// <param name="stop">Ends the call.</param>
    public async Task<ClusterProcess> SetAsync(string which, bool isDrained, CancellationToken stop)
    {
        who.Require(AdminRole.FullAdministrator, domain: null);
        var status = await ClusterStatus.ReadAsync(database, stop);
        var members = status.Processes.Where(process => process.IsMember).ToList();
        var process = members.Where(member => which == member.Name || which == member.Address).ToList() is [var exact] ? exact
            : members.Where(member => which == member.Machine).ToList() switch
            {
                [var only] => only,
                [] => throw new ApiRefusal(StatusCodes.Status404NotFound, $"No process of the cluster is called {which}: cluster status lists them."),
                _ => throw new ApiRefusal(StatusCodes.Status409Conflict, $"Several processes are on {which}: cluster status lists their names."),
            };
        if (isDrained && !members.Exists(member => member != process && !member.IsDrained))
            throw new ApiRefusal(StatusCodes.Status409Conflict, $"There is no other process that could take the shards of {process.Name}.");
        var entry = AuditEntry.Of(who, isDrained ? "cluster.drain" : "cluster.fill", process.Name, domain: null, new { process.Shards });
        await new AdminStore(database).WriteAsync(async connection =>
        {
            await Sql.ExecuteAsync(connection, "UPDATE processes SET draining = @draining WHERE id = @id", stop,
                ("@draining", (short)(isDrained ? 1 : 0)), ("@id", process.Id));
            await audit.AddAsync(connection, entry);
        });
        return process with { IsDrained = isDrained };
    }
}
