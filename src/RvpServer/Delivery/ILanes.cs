namespace RvpServer.Delivery;

/// <summary>The lanes of one kind of receiver, whatever its key is.</summary>
internal interface ILanes : IAsyncDisposable
{
    /// <summary>The kind of receiver, in logs and metrics: <c>callback</c>, <c>server</c>, <c>node</c>.</summary>
    string Name { get; }

    /// <summary>Number of receivers with something waiting.</summary>
    int Count { get; }

    /// <summary>Waits until nothing is queued, or <paramref name="patience"/> is cancelled: for shutdown.</summary>
    Task DrainAsync(CancellationToken patience);
}
