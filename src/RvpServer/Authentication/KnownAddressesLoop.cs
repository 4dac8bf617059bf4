using System.Data.Common;
using System.Net;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Authentication;

/// <summary>Keeps <see cref="KnownAddresses"/> in the store: once a second what is new, so that no sign-in waits for it.</summary>
internal sealed class KnownAddressesLoop(KnownAddresses known, IDatabase database, LoopMetrics metrics, TimeProvider clock, ILogger<KnownAddressesLoop> logger)
    : LoopService("known-addresses", metrics, clock, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Somebody who was not there for half a year is a stranger there.
    private static readonly TimeSpan Age = TimeSpan.FromDays(180);

    private readonly TimeProvider clock = clock;

    /// <summary>Reads what is stored. Throws <see cref="StoreException"/>.</summary>
    public static KnownAddresses Load(IDatabase database, TimeProvider clock)
    {
        var known = new KnownAddresses();
        try
        {
            using var connection = database.Open();
            using var drop = Sql.Command(
                connection, "DELETE FROM known_addresses WHERE seen_at < @end", ("@end", (clock.GetUtcNow() - Age).ToUnixTimeMilliseconds()));
            drop.ExecuteNonQuery();
            using var read = Sql.Command(connection, "SELECT account, address, seen_at FROM known_addresses ORDER BY seen_at");
            using var row = read.ExecuteReader();
            while (row.Read())
            {
                if (IPAddress.TryParse(row.GetString(1), out var address))
                    known.Restore(row.GetString(0), address, DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)));
            }
        }
        catch (DbException failure)
        {
            throw new StoreException("The known addresses cannot be read: " + failure.Message, failure);
        }
        return known;
    }

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        await WriteAsync(known.TakeUnstored(), stop);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(() => WriteAsync(known.TakeUnstored(), CancellationToken.None), CancellationToken.None);
    }

    private async Task WriteAsync(IReadOnlyList<(string Account, KnownAddress Address)> news, CancellationToken stop)
    {
        if (news.Count == 0) return;
        try
        {
            await using var connection = await database.OpenAsync(stop);
            await using var transaction = await connection.BeginTransactionAsync(stop);
            foreach (var (account, place) in news)
            {
                await Sql.ExecuteAsync(connection, $"""
                    INSERT INTO known_addresses (account, address, seen_at) VALUES (@account, @address, @at)
                        ON CONFLICT (account, address) DO UPDATE SET seen_at = @at;
                    DELETE FROM known_addresses WHERE account = @account AND address NOT IN
                        (SELECT address FROM known_addresses WHERE account = @account ORDER BY seen_at DESC LIMIT {KnownAddresses.MaxPerAccount});
                    """, stop, ("@account", account), ("@address", place.Address.ToString()), ("@at", place.SeenAt.ToUnixTimeMilliseconds()));
            }
            await transaction.CommitAsync(stop);
        }
        catch (DbException failure)
        {
            throw new StoreException("The known addresses cannot be written: " + failure.Message, failure);
        }
    }
}
