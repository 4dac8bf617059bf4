using Xunit.Abstractions;

namespace RvpServer.Reliability.Crash;

/// <summary>The real server is killed under load, again and again.</summary>
public sealed class CrashTests(CrashRun run, ITestOutputHelper output) : IClassFixture<CrashRun>
{
    [Fact]
    public void Every_promise_that_was_answered_is_kept()
    {
        output.WriteLine(run.Figures);

        Assert.True(run.Broken.Count == 0, run.Figures + '\n' + string.Join('\n', run.Broken));
    }

    [Fact]
    public void No_message_is_shown_twice() => Assert.True(run.Repeated.Count == 0, run.Figures + '\n' + string.Join('\n', run.Repeated));

    [Fact]
    public void Every_watchers_picture_is_true_again_within_seconds() =>
        Assert.True(run.FalsePictures.Count == 0, run.Figures + '\n' + string.Join('\n', run.FalsePictures));
}
