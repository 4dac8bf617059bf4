using System.Net;
using System.Threading.Channels;
using RvpServer.Authentication;

namespace RvpServer.Cluster;

/// <summary>Tells the other processes of wrong passwords, so that whoever guesses has no more tries at all of them than at one.</summary>
internal sealed class WrongGuesses(Throttle throttle, OtherMembers others) : BackgroundService
{
    // Of more than this in a moment the others need not hear: the throttle of this one has its own bounds.
    private const int MaxWaiting = 1000;

    private readonly Channel<WrongGuess> waiting =
        Channel.CreateBounded<WrongGuess>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        throttle.WrongHere += (account, sender) => waiting.Writer.TryWrite(new WrongGuess(account, sender));
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                var some = new List<WrongGuess>();
                while (waiting.Reader.TryRead(out var guess)) some.Add(guess);
                var told = Wire.Write(some.ToArray());
                await others.TellAsync(member => member.NoteWrongAsync(told), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }
}

/// <summary>A wrong password.</summary>
/// <param name="Account">Whose, as the throttle counts it.</param>
/// <param name="Sender">Where it came from.</param>
internal sealed record WrongGuess(string Account, IPAddress Sender);
