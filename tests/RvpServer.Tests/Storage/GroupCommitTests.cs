using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Storage;

namespace RvpServer.Tests.Storage;

public sealed class GroupCommitTests : IDisposable
{
    private static readonly TimeSpan LongerThanATest = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider time = new();
    private readonly Disk disk = new();

    public void Dispose() => disk.Dispose();

    [Fact]
    public async Task What_arrives_during_a_write_is_the_next_group()
    {
        await using var commits = Start();
        var first = commits.CommitAsync(View(0));
        await disk.Entered();

        var others = Enumerable.Range(1, 100).Select(i => commits.CommitAsync(View(i))).ToArray();
        Assert.False(first.IsCompleted);
        disk.Finish();
        await first;
        await disk.Entered();
        Assert.All(others, other => Assert.False(other.IsCompleted));
        disk.Finish();
        await Task.WhenAll(others);

        Assert.Equal([1, 100], disk.Written.Select(group => group.Count));
        Assert.Equal(Enumerable.Range(0, 101), disk.Written.SelectMany(group => group));
    }

    [Fact]
    public async Task A_poisoned_item_fails_alone_and_the_loop_goes_on()
    {
        await using var commits = Start();
        var first = commits.CommitAsync(View(0));
        await disk.Entered();
        var others = new[] { 1, 13, 2 }.Select(i => commits.CommitAsync(View(i))).ToArray();
        disk.IsPoison = i => i == 13;
        disk.FinishAll();

        await first;
        await others[0];
        var failure = await Assert.ThrowsAsync<StoreException>(() => others[1]);
        await others[2];
        await commits.CommitAsync(View(3));

        Assert.Equal("The changes could not be stored: 13 is poison", failure.Message);
        Assert.Equal([0, 1, 2, 3], disk.Written.SelectMany(group => group));
    }

    [Fact]
    public async Task A_store_that_fails_as_a_whole_is_tried_once_per_group()
    {
        await using var commits = Start();
        var first = commits.CommitAsync(View(0));
        await disk.Entered();
        var others = Enumerable.Range(1, 50).Select(i => commits.CommitAsync(View(i))).ToArray();
        disk.IsFull = true;
        disk.FinishAll();

        await Assert.ThrowsAsync<StoreException>(() => first);
        foreach (var other in others) await Assert.ThrowsAsync<StoreException>(() => other);
        Assert.Equal(2, disk.Attempts);
        disk.IsFull = false;
        await commits.CommitAsync(View(51));

        Assert.Equal([51], disk.Written.SelectMany(group => group));
    }

    [Fact]
    public async Task Renewals_ride_along_with_the_next_caller()
    {
        disk.FinishAll();
        await using var commits = Start();

        commits.TryEnqueue(View(1));
        commits.TryEnqueue(View(2));
        time.Advance(GroupCommit.GatherTime - TimeSpan.FromMilliseconds(1));
        await commits.CommitAsync(View(3));

        Assert.Equal([1, 2, 3], Assert.Single(disk.Written));
    }

    [Fact]
    public async Task Renewals_alone_are_written_within_a_second()
    {
        disk.FinishAll();
        await using var commits = Start();
        commits.TryEnqueue(View(1));

        // The loop may not have begun to gather yet: let time go by until it has.
        var attempts = 0;
        do time.Advance(GroupCommit.GatherTime);
        while (!await disk.HasEntered(TimeSpan.FromMilliseconds(50)) && ++attempts < 600);
        await commits.DisposeAsync();

        Assert.InRange(attempts, 0, 599);
        Assert.Equal([1], Assert.Single(disk.Written));
    }

    [Fact]
    public async Task Those_who_call_again_and_again_share_a_write_although_they_began_apart()
    {
        await using var commits = Start(moment: LongerThanATest);
        var first = CallAgain(0, 101);
        await disk.Entered();
        var second = CallAgain(1, 100);
        disk.FinishAll();

        await Task.WhenAll(first, second);

        Assert.Equal([1, .. Enumerable.Repeat(2, 100)], disk.Written.Select(group => group.Count));

        async Task CallAgain(int id, int times)
        {
            for (var i = 0; i < times; i++) await commits.CommitAsync(View(id));
        }
    }

    [Fact]
    public async Task Others_are_waited_for_only_a_moment()
    {
        await using var commits = Start();
        var first = commits.CommitAsync(View(0));
        await disk.Entered();
        var second = commits.CommitAsync(View(1));
        disk.FinishAll();

        await Deadline.For(Task.WhenAll(first, second), "both", () => "one who waits for the other");
    }

    [Fact]
    public async Task Who_calls_alone_does_not_wait_for_others()
    {
        disk.FinishAll();
        await using var commits = Start(moment: LongerThanATest);

        for (var i = 0; i < 10; i++) await Deadline.For(commits.CommitAsync(View(i)), "a write", () => "a call that waits");
    }

    [Fact]
    public async Task A_full_queue_makes_callers_wait_and_keeps_their_order()
    {
        await using var commits = Start();
        var first = commits.CommitAsync(View(0));
        await disk.Entered();
        var count = GroupCommit.Capacity + 500;
        var others = Enumerable.Range(1, count).Select(i => commits.CommitAsync(View(i))).ToArray();
        Assert.False(commits.TryEnqueue(View(-1)));

        disk.FinishAll();
        await first;
        await Task.WhenAll(others);

        Assert.Equal(Enumerable.Range(0, count + 1), disk.Written.SelectMany(group => group));
        Assert.All(disk.Written, group => Assert.InRange(group.Count, 1, GroupCommit.MaxGroup));
    }

    [Fact]
    public async Task Closing_writes_what_is_there_and_refuses_more()
    {
        var commits = Start();
        var first = commits.CommitAsync(View(0));
        await disk.Entered();
        var second = commits.CommitAsync(View(1));
        var closing = commits.DisposeAsync();
        disk.FinishAll();

        await closing;
        await first;
        await second;

        await Assert.ThrowsAsync<StoreException>(() => commits.CommitAsync(View(2)));
        Assert.Equal([0, 1], disk.Written.SelectMany(group => group));
    }

    private GroupCommit Start(TimeSpan? moment = null) => new(disk.WriteAsync, time, NullLogger.Instance, moment);

    private static NodeChanges View(int id) => new(RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown"), [new Change.ViewMade(id, null)]);

    /// <summary>A disk whose writes end when the test says so.</summary>
    private sealed class Disk : IDisposable
    {
        private readonly SemaphoreSlim entered = new(0);
        private readonly SemaphoreSlim finished = new(0);
        private volatile bool isFast;

        public List<List<int>> Written { get; } = [];

        public Func<int, bool> IsPoison { get; set; } = _ => false;

        public bool IsFull { get; set; }

        public int Attempts { get; private set; }

        public void Dispose()
        {
            entered.Dispose();
            finished.Dispose();
        }

        public Task<bool> HasEntered(TimeSpan within) => entered.WaitAsync(within);

        public async Task Entered() => Assert.True(await HasEntered(TimeSpan.FromSeconds(30)), "No write began.");

        public void Finish() => finished.Release();

        public void FinishAll()
        {
            isFast = true;
            finished.Release();
        }

        public async Task WriteAsync(IReadOnlyList<NodeChanges> group)
        {
            entered.Release();
            if (!isFast) await finished.WaitAsync();
            Attempts++;
            if (IsFull) throw new StoreException("The disk is full.");
            var ids = group.SelectMany(call => call.Changes).Cast<Change.ViewMade>().Select(view => view.Id).ToList();
            if (ids.Exists(id => IsPoison(id))) throw new InvalidOperationException(ids.Find(id => IsPoison(id)) + " is poison");
            Written.Add(ids);
        }
    }
}
