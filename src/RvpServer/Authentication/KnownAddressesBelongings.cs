using System.Net;
using System.Text.Json;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>The known addresses of an account go along when it moves: others' guesses do not count for those on the new home server either.</summary>
internal sealed class KnownAddressesBelongings(KnownAddresses known, TimeProvider clock) : IBelongings
{
    /// <inheritdoc/>
    public string Name => "known-addresses";

    /// <inheritdoc/>
    public Task<byte[]?> PackAsync(Account account, CancellationToken stop)
    {
        var places = known.Of(account.Key);
        return Task.FromResult(places.Count == 0 ? null : JsonSerializer.SerializeToUtf8Bytes(places.Select(place => place.Address.ToString())));
    }

    /// <inheritdoc/>
    public Task UnpackAsync(Account account, byte[] packed, CancellationToken stop)
    {
        // The oldest first, as they came.
        foreach (var text in JsonSerializer.Deserialize<string[]>(packed)!.Take(KnownAddresses.MaxPerAccount).Reverse())
            if (IPAddress.TryParse(text, out var address)) known.Add(account.Key, address, clock.GetUtcNow());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    /// <remarks>They stay: the person is no stranger there, and they are forgotten after half a year.</remarks>
    public Task DropAsync(Account account, CancellationToken stop) => Task.CompletedTask;
}
