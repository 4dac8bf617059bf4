using System.Diagnostics;
using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Reliability.Storms;

/// <summary>Two people who have nothing to do with the storm: one sends the other a message every few milliseconds, and notes how long each takes.</summary>
internal sealed class Healthy : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource over = new();
    private readonly List<double> millis = [];
    private readonly StormMember sender;
    private readonly StormMember recipient;
    private readonly Task talking;

    public Healthy(StormMember sender, StormMember recipient)
    {
        this.sender = sender;
        this.recipient = recipient;
        talking = Task.Run(TalkAsync);
    }

    /// <summary>What was not delivered, and how it was answered.</summary>
    public int Failures { get; private set; }

    /// <summary>How it has been since the last time: how many, median, 99 of 100, worst.</summary>
    public string Take()
    {
        lock (millis)
        {
            var sorted = millis.Order().ToArray();
            millis.Clear();
            return sorted.Length == 0 ? "no message" : string.Create(CultureInfo.InvariantCulture,
                $"{sorted.Length} messages of the uninvolved, median {sorted[sorted.Length / 2]:F1} ms, p99 {sorted[sorted.Length * 99 / 100]:F1} ms, worst {sorted[^1]:F0} ms");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await talking;
        over.Dispose();
    }

    private async Task TalkAsync()
    {
        using var connection = await sender.ConnectAsync();
        var to = "/instmsg/aliases/" + recipient.Name;
        var body = User.Message("http://im.adatum.com/instmsg/aliases/" + sender.Name, "http://im.adatum.com" + to);
        while (!over.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            var status = await sender.AnswerAsync(connection, "NOTIFY", to, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", body);
            lock (millis) millis.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (status != 200) Failures++;
            await Task.Delay(Pause);
        }
    }
}
