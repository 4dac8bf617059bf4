using System.Net;
using Microsoft.Data.Sqlite;
using RvpServer.Runtime;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Authentication;

/// <summary>Keeps <see cref="KnownAddresses"/> in the store: once a second what is new, so that no sign-in waits for it.</summary>
internal sealed class KnownAddressesLoop(KnownAddresses known, SqliteFile file, LoopMetrics metrics, TimeProvider clock, ILogger<KnownAddressesLoop> logger)
    : LoopService("known-addresses", metrics, clock, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Somebody who was not there for half a year is a stranger there.
    private static readonly TimeSpan Age = TimeSpan.FromDays(180);

    private readonly TimeProvider clock = clock;

    /// <summary>Reads what is stored. Throws <see cref="StoreException"/>.</summary>
    public static KnownAddresses Load(SqliteFile file, TimeProvider clock)
    {
        var known = new KnownAddresses();
        try
        {
            using var connection = file.Open();
            using var drop = connection.CreateCommand();
            drop.CommandText = "DELETE FROM known_addresses WHERE seen_at < $end";
            drop.Parameters.AddWithValue("$end", (clock.GetUtcNow() - Age).ToUnixTimeMilliseconds());
            drop.ExecuteNonQuery();
            using var read = connection.CreateCommand();
            read.CommandText = "SELECT account, address, seen_at FROM known_addresses ORDER BY seen_at";
            using var row = read.ExecuteReader();
            while (row.Read())
            {
                if (IPAddress.TryParse(row.GetString(1), out var address))
                    known.Restore(row.GetString(0), address, DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)));
            }
        }
        catch (SqliteException failure)
        {
            throw new StoreException("The known addresses cannot be read: " + failure.Message, failure);
        }
        return known;
    }

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        Write(known.TakeUnstored());
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(() => Task.Run(() => Write(known.TakeUnstored()), CancellationToken.None), CancellationToken.None);
    }

    private void Write(IReadOnlyList<(string Account, KnownAddress Address)> news)
    {
        if (news.Count == 0) return;
        try
        {
            using var connection = file.Open();
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"""
                INSERT INTO known_addresses (account, address, seen_at) VALUES ($account, $address, $at)
                    ON CONFLICT (account, address) DO UPDATE SET seen_at = $at;
                DELETE FROM known_addresses WHERE account = $account AND address NOT IN
                    (SELECT address FROM known_addresses WHERE account = $account ORDER BY seen_at DESC LIMIT {KnownAddresses.MaxPerAccount});
                """;
            var account = command.Parameters.Add("$account", SqliteType.Text);
            var address = command.Parameters.Add("$address", SqliteType.Text);
            var at = command.Parameters.Add("$at", SqliteType.Integer);
            foreach (var (name, place) in news)
            {
                (account.Value, address.Value, at.Value) = (name, place.Address.ToString(), place.SeenAt.ToUnixTimeMilliseconds());
                command.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        catch (SqliteException failure)
        {
            throw new StoreException("The known addresses cannot be written: " + failure.Message, failure);
        }
    }
}
