namespace RvpServer.Delivery;

/// <summary>The lanes of one kind of receiver, whatever tells these apart.</summary>
internal interface ILanes : IAsyncDisposable
{
    /// <summary>What its receivers are, in logs and metrics: <c>callback</c>, <c>server</c>, <c>node</c>.</summary>
    string Name { get; }

    /// <summary>Receivers that have something waiting.</summary>
    int Count { get; }

    /// <summary>Waits until nothing waits, or <paramref name="patience"/> says that it is enough: at shutdown.</summary>
    Task DrainAsync(CancellationToken patience);
}
