using System.Collections.Concurrent;
using Rvp.Client.Http;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client.Session;

/// <summary>
/// A sign-in with its state and its watches, kept alive until it ends. Server and network may fail and return; a new sign-in is made only if the server no
/// longer knows the old one (412).
/// </summary>
internal sealed class LiveSession(RvpClientOptions options, NodeRequests requests, RvpUrl self, string? callback, ISessionSink sink) : IAsyncDisposable
{
    private const int WatchesAtOnce = 6;
    // A computer that wakes from sleep should notice soon.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim turn = new(1);
    private TaskCompletionSource wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<RvpUrl, ContactWatch> watches = new();
    private Task loops = Task.CompletedTask;
    private int id;
    private int? viewId;
    // What the server may forget; what was fetched and is being read; what the server has been told.
    private long? cursor;
    private long? fetched;
    private Task reading = Task.CompletedTask;
    private long? told;
    private PresenceState? state;
    private TimeSpan signInDue;
    private TimeSpan stateDue;
    private readonly long began = options.Clock.GetTimestamp();
    private DateTimeOffset beganAt = options.Clock.GetUtcNow();

    /// <summary>True once nothing keeps it alive any more.</summary>
    public bool HasEnded => stopping.IsCancellationRequested;

    /// <summary>What can outlive this program.</summary>
    public RvpSession Snapshot => new(id, viewId, Received());

    // Since the session began, by the monotonic clock: the wall clock may be put right by hours.
    // Leases are reckoned from before the request that takes them, however long its answer was on its way.
    private TimeSpan Now => options.Clock.GetElapsedTime(began);

    // Without a program that keeps it alive a sign-in is to last as long as the server lets it; nobody polls meanwhile.
    private TimeSpan PollInterval => !options.KeepAlive ? options.StateLease : options.Mode is ConnectionMode.Poll poll ? poll.Interval : TimeSpan.Zero;

    /// <summary>Signs in, or continues an earlier sign-in, and keeps it alive from then on.</summary>
    public async Task StartAsync(PresenceState? wanted, CancellationToken stop)
    {
        if (options.Resume is not { } earlier || callback is not null || !await ResumeAsync(earlier, stop).ConfigureAwait(false))
        {
            await SignInAsync(stop).ConfigureAwait(false);
        }
        if (wanted is not null) await SetStateAsync(wanted.Value, stop).ConfigureAwait(false);
        sink.Report(ConnectionState.SignedIn, "Signed in.");
        if (!options.KeepAlive) return;
        loops = Task.WhenAll(RunAsync(KeepAsync),
            RunAsync(options.Mode is ConnectionMode.Poll poll ? token => PollAsync(poll, token) : _ => Task.CompletedTask));
    }

    public async Task SetStateAsync(PresenceState wanted, CancellationToken stop)
    {
        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            state = wanted;
            await SendStateAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
        Wake();
    }

    /// <summary>Watches a contact from now on; <see cref="ISessionSink.Seen"/> gets what is seen.</summary>
    public async Task WatchAsync(RvpUrl contact, CancellationToken stop)
    {
        await BeginWatchAsync(contact, stop).ConfigureAwait(false);
        Wake();
    }

    public async Task UnwatchAsync(RvpUrl contact, CancellationToken stop)
    {
        if (watches.TryRemove(contact, out var watch)) await requests.UnsubscribeAsync(contact, watch.Id, stop).ConfigureAwait(false);
    }

    /// <summary>Ends the watches and the sign-in at the server.</summary>
    public async Task SignOutAsync(CancellationToken stop)
    {
        await StopAsync().ConfigureAwait(false);
        foreach (var (contact, watch) in watches.ToArray())
        {
            try
            {
                await requests.UnsubscribeAsync(contact, watch.Id, stop).ConfigureAwait(false);
            }
            catch (RvpClientException)
            {
                // It runs out by itself.
            }
        }
        // Or it would come again at the next sign-in.
        if (Received() is { } last && last != told) await requests.PollAsync(id, last, limit: 1, TimeSpan.Zero, stop).ConfigureAwait(false);
        await requests.UnsubscribeAsync(self, id, stop).ConfigureAwait(false);
    }

    /// <summary>Stops here; at the server everything stays until its leases run out.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await loops.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task<bool> ResumeAsync(RvpSession earlier, CancellationToken stop)
    {
        try
        {
            var asked = Now;
            var grant = await requests.RenewAsync(self, earlier.SubscriptionId, stop).ConfigureAwait(false);
            (id, viewId, signInDue) = (grant.Id, earlier.ViewId, Renewal.Of(grant, asked));
            cursor ??= earlier.Cursor;
            return true;
        }
        catch (RvpClientException e) when (e.Error == RvpError.Expired)
        {
            return false;
        }
    }

    private async Task SignInAsync(CancellationToken stop)
    {
        var asked = Now;
        var grant = await requests.SignInAsync(callback, PollInterval, stop).ConfigureAwait(false);
        (id, viewId, signInDue) = (grant.Id, null, Renewal.Of(grant, asked));
        (cursor, fetched, told) = (null, null, null);
        // If an earlier sign-in was lost, its watches may be gone too and changes were missed: watch everybody again.
        foreach (var contact in watches.Keys) watches[contact] = new ContactWatch(0, Now);
        Wake();
    }

    private async Task RestartAsync(CancellationToken stop)
    {
        await SignInAsync(stop).ConfigureAwait(false);
        if (state is not null) await SendStateAsync(stop).ConfigureAwait(false);
    }

    private async Task SendStateAsync(CancellationToken stop)
    {
        for (var attempt = 0; ; attempt++)
        {
            var leased = PropertyUpdateXml.LeasedInnerXml(
                PresenceStates.ElementOf(state!.Value), PresenceStates.ElementOf(PresenceState.Offline), options.StateLease, viewId);
            var asked = Now;
            try
            {
                var answer = await requests.PropPatchAsync(new Property(PropertyName.State, leased), stop).ConfigureAwait(false);
                viewId = PropertyUpdateXml.ViewIdIn(answer) ?? viewId;
                stateDue = asked + (options.StateLease * 0.6);
                return;
            }
            catch (RvpClientException e) when (e.Error == RvpError.Expired && attempt == 0)
            {
                // The view has ended. If the sign-in has too, the next sign-in makes a new view.
                viewId = null;
                if (!await ResumeAsync(new RvpSession(id, null, cursor), stop).ConfigureAwait(false)) await SignInAsync(stop).ConfigureAwait(false);
            }
        }
    }

    private async Task BeginWatchAsync(RvpUrl contact, CancellationToken stop)
    {
        var asked = Now;
        var grant = await requests.WatchAsync(contact, stop).ConfigureAwait(false);
        var before = watches.GetValueOrDefault(contact);
        watches[contact] = new ContactWatch(grant.Id, Renewal.Of(grant, asked));
        sink.Seen(contact, grant.Properties);
        if (before is not null && before.Id != 0) await requests.UnsubscribeAsync(contact, before.Id, stop).ConfigureAwait(false);
    }

    // Runs a loop; an error that it cannot handle ends the session.
    private async Task RunAsync(Func<CancellationToken, Task> loop)
    {
        await Task.Yield();
        try
        {
            await loop(stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (RvpClientException e)
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            sink.Report(ConnectionState.SignedOut, e.Message);
            sink.End(e);
        }
    }

    private async Task KeepAsync(CancellationToken stop)
    {
        var retry = new Backoff(options.Clock);
        while (true)
        {
            // Read before looking for work, so that no wake-up is missed.
            var woken = Volatile.Read(ref wake).Task;
            var due = NextDue() - Now;
            if (due > TimeSpan.Zero) await Task.WhenAny(woken, Task.Delay(due < Longest ? due : Longest, options.Clock, stop)).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            var isAll = HasSlept();
            try
            {
                await RenewDueAsync(isAll, stop).ConfigureAwait(false);
                retry.Reset();
            }
            catch (RvpClientException e) when (e.IsTransient)
            {
                sink.Report(ConnectionState.Reconnecting, e.Message);
                await retry.WaitAsync(stop).ConfigureAwait(false);
            }
        }
    }

    // While a computer sleeps its monotonic clock stands still, and leases run out. A wall clock that was put right looks the same, and costs a renewal.
    private bool HasSlept()
    {
        var expected = beganAt + Now;
        var now = options.Clock.GetUtcNow();
        if ((now - expected).Duration() < Longest) return false;
        beganAt = now - Now;
        return now > expected;
    }

    private TimeSpan NextDue()
    {
        var due = state is null || signInDue < stateDue ? signInDue : stateDue;
        foreach (var watch in watches.Values)
            if (watch.RenewAt < due) due = watch.RenewAt;
        return due;
    }

    private async Task RenewDueAsync(bool isAll, CancellationToken stop)
    {
        var upTo = isAll ? TimeSpan.MaxValue : Now;
        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (signInDue <= upTo && !await ResumeAsync(Snapshot, stop).ConfigureAwait(false)) await RestartAsync(stop).ConfigureAwait(false);
            if (state is not null && stateDue <= upTo) await SendStateAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
        var due = watches.Where(watch => watch.Value.RenewAt <= upTo).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = WatchesAtOnce, CancellationToken = stop };
        await Parallel.ForEachAsync(due, parallel, async (watch, token) => await RenewWatchAsync(watch.Key, watch.Value, token).ConfigureAwait(false))
            .ConfigureAwait(false);
        sink.Report(ConnectionState.SignedIn, "Connected again.");
    }

    private async Task RenewWatchAsync(RvpUrl contact, ContactWatch watch, CancellationToken stop)
    {
        try
        {
            if (watch.Id == 0)
            {
                await BeginWatchAsync(contact, stop).ConfigureAwait(false);
                return;
            }
            var asked = Now;
            var grant = await requests.RenewAsync(contact, watch.Id, stop).ConfigureAwait(false);
            watches.TryUpdate(contact, new ContactWatch(grant.Id, Renewal.Of(grant, asked)), watch);
        }
        catch (RvpClientException e) when (e.Error == RvpError.Expired && watch.Id != 0)
        {
            watches.TryUpdate(contact, new ContactWatch(0, Now), watch);
        }
        catch (RvpClientException e) when (contact.Host != self.Host || !(e.IsTransient || e.Error == RvpError.WrongPassword))
        {
            // Another organisation's server does not answer, or the person no longer exists: the other watches continue.
            sink.Seen(contact, [new Property(PropertyName.State, PresenceStates.ElementOf(PresenceState.Offline))]);
            watches.TryUpdate(contact, watch with { Id = 0, RenewAt = Now + TimeSpan.FromMinutes(5) }, watch);
        }
    }

    private async Task PollAsync(ConnectionMode.Poll mode, CancellationToken stop)
    {
        var retry = new Backoff(options.Clock);
        while (true)
        {
            var polled = id;
            var asked = System.Diagnostics.Stopwatch.GetTimestamp();
            // After a failure ask without waiting: an answer shows that the server is back.
            var wait = retry.HasFailed ? TimeSpan.Zero : mode.Wait;
            try
            {
                var saying = cursor;
                var (notices, next) = await requests.PollAsync(polled, saying, options.PollLimit, wait, stop).ConfigureAwait(false);
                retry.Reset();
                told = saying;
                sink.Report(ConnectionState.SignedIn, "Connected again.");
                foreach (var notice in notices) await sink.TakeAsync(notice, mayWait: true, stop).ConfigureAwait(false);
                if (polled == id) (reading, fetched) = (notices.Any(notice => notice is MessageNotice) ? sink.WhenRead() : Task.CompletedTask, next);
                await ReadingAsync(polled, stop).ConfigureAwait(false);
                if (polled == id) cursor = fetched;
                if (mode.Interval > TimeSpan.Zero && notices.Count == 0) await Task.Delay(mode.Interval, options.Clock, stop).ConfigureAwait(false);
                // The server answered too early: it is stopping, or another program polls the same sign-in.
                else if (notices.Count == 0 && wait > TimeSpan.Zero && System.Diagnostics.Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(1))
                {
                    await retry.WaitAsync(stop).ConfigureAwait(false);
                }
            }
            catch (RvpClientException e) when (e.Error == RvpError.Expired)
            {
                if (!await ReplaceAsync(polled, stop).ConfigureAwait(false)) await retry.WaitAsync(stop).ConfigureAwait(false);
            }
            catch (RvpClientException e) when (e.IsTransient)
            {
                sink.Report(ConnectionState.Reconnecting, e.Message);
                await retry.WaitAsync(stop).ConfigureAwait(false);
            }
        }
    }

    private long? Received() => reading.IsCompleted ? fetched ?? cursor : cursor;

    // A message is acknowledged when it has been read: where the program ends before, the next sign-in gets it. Meanwhile the server must hear of us.
    private async Task ReadingAsync(int polled, CancellationToken stop)
    {
        while (polled == id && !reading.IsCompleted)
        {
            await Task.WhenAny(reading, Task.Delay(Longest, options.Clock, stop)).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            if (reading.IsCompleted) return;
            try
            {
                await requests.RenewAsync(self, polled, stop).ConfigureAwait(false);
            }
            catch (RvpClientException)
            {
                // The next POLL finds out.
            }
        }
    }

    // Makes a new sign-in to replace one that the server no longer knows; false if that must be tried again.
    private async Task<bool> ReplaceAsync(int lost, CancellationToken stop)
    {
        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (lost == id) await RestartAsync(stop).ConfigureAwait(false);
            return true;
        }
        catch (RvpClientException e) when (e.IsTransient)
        {
            return false;
        }
        finally
        {
            turn.Release();
        }
    }

    private void Wake() => Interlocked.Exchange(ref wake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
