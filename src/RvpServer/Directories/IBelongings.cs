namespace RvpServer.Directories;

/// <summary>What a part of a home server keeps of an account beside its node; it goes along when the account moves to another home server.</summary>
internal interface IBelongings
{
    /// <summary>Tells it from other parts' belongings, on all servers alike.</summary>
    string Name { get; }

    /// <summary>All of it; null: there is nothing.</summary>
    Task<byte[]?> PackAsync(Account account, CancellationToken stop);

    /// <summary>Takes over what another server has packed, in place of what is there; the same twice does no harm.</summary>
    Task UnpackAsync(Account account, byte[] packed, CancellationToken stop);

    /// <summary>Forgets what the other server has now.</summary>
    Task DropAsync(Account account, CancellationToken stop);
}
