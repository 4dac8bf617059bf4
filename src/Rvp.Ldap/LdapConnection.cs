using System.Formats.Asn1;

namespace Rvp.Ldap;

/// <summary>
/// One connection for many requests at a time: one reader gives each answer to the caller that waits for its id, one writer at a time. The first failure ends
/// the connection permanently, for all: a connection that has lost its sign-in would answer that nobody exists. Cancelling a request abandons it and does not
/// affect others.
/// </summary>
public sealed class LdapConnection : IAsyncDisposable
{
    // Decision: a search here needs a few entries or one page; more comes from a server that ignores limits.
    private const int MaxEntriesPerSearch = 2000;
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(1);

    private readonly Stream stream;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly Lock gate = new();
    private readonly Dictionary<int, Pending> waiting = [];
    private readonly Task reading;
    private LdapConnectionException? failure;
    private int lastId;
    private long lastHeard;

    /// <summary>Takes ownership of <paramref name="stream"/>, which is already encrypted if it must be.</summary>
    internal LdapConnection(Uri server, Stream stream, bool isEncrypted, TimeProvider time)
    {
        Server = server;
        IsEncrypted = isEncrypted;
        this.stream = stream;
        this.time = time;
        lastHeard = time.GetTimestamp();
        reading = ReadLoopAsync();
    }

    /// <summary>The server that it is connected to.</summary>
    public Uri Server { get; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsEncrypted { get; }

    /// <summary>False after the first failure.</summary>
    public bool IsOpen => Volatile.Read(ref failure) is null;

    /// <summary>Whether anything came from the server after <paramref name="timestamp"/>: distinguishes a slow request from a frozen server.</summary>
    public bool HasHeardSince(long timestamp) => Volatile.Read(ref lastHeard) > timestamp;

    /// <summary>
    /// Signs in. Throws <see cref="LdapException"/> when refused, and also, without asking, for an empty name or password: a server may treat that as an
    /// anonymous sign-in and accept it. [RFC 4513, 5.1.2]
    /// </summary>
    public async Task BindAsync(string dn, string password, CancellationToken stop)
    {
        if (dn.Length == 0 || password.Length == 0)
        {
            throw new LdapException(
                new LdapResult(LdapResultCode.InappropriateAuthentication, "an empty name or password proves nothing"), "signing in");
        }
        var result = await RequestAsync(new Pending(0), id => LdapRequests.Bind(id, dn, password), stop);
        Demand(result, $"signing in as {dn}");
    }

    /// <summary>Finds entries. A server's size limit is not an error: the entries found so far are returned, and the result says so.</summary>
    public async Task<(IReadOnlyList<LdapEntry> Entries, LdapResult Result)> SearchAsync(LdapSearch search, TimeSpan timeLimit, CancellationToken stop)
    {
        var pending = new Pending(Math.Min(MaxEntriesPerSearch, search.SizeLimit));
        var seconds = (int)Math.Ceiling(timeLimit.TotalSeconds);
        var result = await RequestAsync(pending, id => LdapRequests.Search(id, search, seconds), stop);
        if (result.Code != LdapResultCode.SizeLimitExceeded) Demand(result, $"searching below {search.BaseDn}");
        return (pending.Entries, pending.References.Count == 0 ? result : result with { Referrals = pending.References });
    }

    /// <summary>Changes an entry, all or nothing. Throws <see cref="LdapException"/> when refused.</summary>
    public async Task ModifyAsync(string dn, IReadOnlyList<LdapModification> changes, CancellationToken stop)
    {
        var result = await RequestAsync(new Pending(0), id => LdapRequests.Modify(id, dn, changes), stop);
        Demand(result, $"changing {dn}");
    }

    /// <summary>Sends a goodbye if that is possible without waiting, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsOpen)
        {
            using var soon = new CancellationTokenSource(FarewellTime, time);
            await TryWriteAsync(LdapRequests.Unbind, soon.Token);
        }
        Fail(new LdapConnectionException("the connection was closed"));
        await reading;
    }

    private static void Demand(LdapResult result, string what)
    {
        if (result.Code != LdapResultCode.Success) throw new LdapException(result, what);
    }

    private async Task<LdapResult> RequestAsync(Pending pending, Func<int, byte[]> encode, CancellationToken stop)
    {
        var id = Register(pending);
        try
        {
            await WriteAsync(encode(id), stop);
            return await pending.Done.Task.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            bool isForgotten;
            lock (gate) isForgotten = waiting.Remove(id);
            if (isForgotten) _ = AbandonAsync(id);
            throw;
        }
    }

    private async Task AbandonAsync(int id)
    {
        using var soon = new CancellationTokenSource(FarewellTime, time);
        await TryWriteAsync(own => LdapRequests.Abandon(own, id), soon.Token);
    }

    private int Register(Pending pending)
    {
        lock (gate)
        {
            if (failure is not null) throw new LdapConnectionException(failure.Message, failure);
            var id = NextId();
            waiting.Add(id, pending);
            return id;
        }
    }

    // Called under the gate. 0 is for the server's own messages; the ids start again after 2^31 requests.
    private int NextId()
    {
        do lastId = lastId == int.MaxValue ? 1 : lastId + 1;
        while (waiting.ContainsKey(lastId));
        return lastId;
    }

    private async Task WriteAsync(byte[] message, CancellationToken stop)
    {
        await writing.WaitAsync(stop);
        try
        {
            await stream.WriteAsync(message, stop);
            await stream.FlushAsync(stop);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // It is unknown how much of the message was sent; the server would read the next one as its rest.
            Fail(new LdapConnectionException($"the connection broke while sending ({e.Message})", e));
            if (e is OperationCanceledException) throw;
            throw new LdapConnectionException(e.Message, e);
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task TryWriteAsync(Func<int, byte[]> encode, CancellationToken soon)
    {
        int id;
        lock (gate) id = NextId();
        try
        {
            await WriteAsync(encode(id), soon);
        }
        catch (Exception e) when (e is LdapConnectionException or OperationCanceledException)
        {
            // Only a courtesy to the server; if needed, the connection has been failed already.
        }
    }

    private async Task ReadLoopAsync()
    {
        await Task.Yield();
        try
        {
            while (await LdapFraming.ReadAsync(stream, CancellationToken.None) is { } message)
            {
                Volatile.Write(ref lastHeard, time.GetTimestamp());
                Take(LdapAnswer.Read(message));
            }
            Fail(new LdapConnectionException("the server closed the connection"));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or AsnContentException or LdapConnectionException)
        {
            Fail(e as LdapConnectionException ?? new LdapConnectionException($"the connection broke ({e.Message})", e));
        }
    }

    private void Take(LdapAnswer answer)
    {
        if (answer.Id == 0) throw new LdapConnectionException($"the server is closing: {answer.Result?.Text}");
        Pending? pending;
        lock (gate)
        {
            if (!waiting.TryGetValue(answer.Id, out pending)) return; // Abandoned: nobody waits for this late answer.
            if (answer.Result is not null) waiting.Remove(answer.Id);
        }
        if (answer.Entry is { } entry)
        {
            if (pending.Entries.Count == pending.MaxEntries) throw new LdapConnectionException("the server sends more entries than it was asked for");
            pending.Entries.Add(entry);
        }
        if (answer.Reference.Count > 0)
        {
            if (pending.References.Count >= pending.MaxEntries) throw new LdapConnectionException("the server names more servers than entries were asked for");
            pending.References.AddRange(answer.Reference);
        }
        if (answer.Result is { } result) pending.Done.TrySetResult(result);
    }

    private void Fail(LdapConnectionException reason)
    {
        Pending[] left;
        lock (gate)
        {
            if (failure is not null) return;
            failure = reason;
            left = [.. waiting.Values];
            waiting.Clear();
        }
        foreach (var pending in left) pending.Done.TrySetException(new LdapConnectionException(reason.Message, reason));
        stream.Dispose();
    }

    // Only the reader adds to it, and the result that follows makes that visible to the caller.
    private sealed class Pending(int maxEntries)
    {
        public int MaxEntries { get; } = maxEntries;
        public List<LdapEntry> Entries { get; } = [];
        public List<string> References { get; } = [];
        public TaskCompletionSource<LdapResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
