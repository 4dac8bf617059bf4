using System.Net;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Network;

namespace RvpServer.Authentication;

/// <summary>
/// Makes guessing passwords slow, and lets owners in all the same. A token is taken before a password is looked at and given back if it was right, so that
/// however many come at once, no more wrong ones are looked at than there are tokens. Everything is bounded and in memory.
/// </summary>
/// <remarks>
/// Where an account has signed in before only the guesses made there count. Elsewhere there is a token of the account and one of the address. An account
/// without tokens still gets one now and then for those who have hardly tried: they wait for it a few seconds, and whoever has tried least comes first. Unknown
/// names are counted like others: a difference would show which accounts exist.
/// </remarks>
internal sealed class Throttle(GuessOptions limits, KnownAddresses known, TimeProvider clock)
{
    /// <summary>How much oftener than the account as a whole known addresses get tokens, and those who have hardly tried.</summary>
    internal const int Favour = 10;

    /// <summary>Tries of an address that are hardly any: a password mistyped twice, and the right one.</summary>
    internal const int FewTries = 3;

    private const int MaxKeys = 20_000;
    private const int MaxTries = 1000;

    // A quarter of a second is hardly noticed after a typing error; it doubles three times, to two seconds.
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(250);
    private const int MaxDoublings = 3;

    // Long enough that those who took part in an attack stay behind its victim.
    private static readonly TimeSpan TriesRefill = TimeSpan.FromHours(1);

    // Longer than it takes until the next token for those who have hardly tried.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Until a directory has judged another proof of the same account.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly WaitingRoom room = new();
    private readonly TokenBuckets<string> accounts = new(limits.PerAccount, limits.AccountRefill, MaxKeys);
    private readonly TokenBuckets<IPAddress> addresses = new(limits.PerAddress, limits.AddressRefill, MaxKeys);
    private readonly TokenBuckets<string> favours = new(1, limits.AccountRefill / Favour, MaxKeys);
    private readonly TokenBuckets<(string, IPAddress)> places = new(limits.PerAccount, limits.AccountRefill / Favour, MaxKeys);
    private readonly TokenBuckets<string> askedByStrangers = new(limits.ToDirectory - (limits.ToDirectory / 2), limits.DirectoryRefill, MaxKeys);
    private readonly TokenBuckets<string> askedFromKnown = new(limits.ToDirectory / 2, limits.DirectoryRefill, MaxKeys);
    private readonly TokenBuckets<IPAddress> tries = new(MaxTries, TriesRefill, MaxKeys);
    private readonly TokenBuckets<IPAddress> triesOfNetworks = new(MaxTries, TriesRefill, MaxKeys);
    private readonly Dictionary<(string Account, bool IsKnown), int> asking = [];

    /// <summary>Told of each wrong password that was looked at here: the account's key and the sender.</summary>
    public event Action<string, IPAddress>? WrongHere;

    /// <summary>How long nobody's password from there is looked at: for this no account has to be looked up. Zero: it depends on the account.</summary>
    public TimeSpan WaitAt(IPAddress sender)
    {
        if (known.IsAnyones(sender)) return TimeSpan.Zero;
        lock (gate) return addresses.WaitFor(sender, clock.GetUtcNow());
    }

    /// <summary>Asks to have a password looked at; may wait for a token, for seconds.</summary>
    /// <param name="account">Whose password: the account's key, or the name if there is no such account.</param>
    /// <param name="sender">Where it came from: <see cref="SenderAddress.Of"/>.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async ValueTask<Guess> BeginAsync(string account, IPAddress sender, CancellationToken stop)
    {
        var guess = new Guess(this, account, sender, known.Contains(account, sender));
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (!guess.IsKnown) guess.Tries = (tries.Take(sender, now), triesOfNetworks.Take(SenderAddress.NetworkOf(sender), now));
            // Who waits comes before those who come now.
            if (!room.HasWaiting(guess) && TryTake(guess, now)) return guess;
            guess.Wait = WaitFor(guess, now);
            if (!MayWait(guess, now) || !room.TryEnter(guess)) return guess;
        }
        return await WaitAsync(guess, stop);
    }

    /// <summary>The password was right, and says who signs in from there.</summary>
    public void Right(Guess guess)
    {
        lock (gate)
        {
            End(guess);
            known.Add(guess.Account, guess.Sender, clock.GetUtcNow());
            places.Refill(guess.Place);
        }
    }

    /// <summary>The password was wrong; how long the answer is delayed: twice as long each time.</summary>
    public TimeSpan Wrong(Guess guess)
    {
        WrongHere?.Invoke(guess.Account, guess.Sender);
        lock (gate)
        {
            guess.Purse = Purse.None;
            StopAsking(guess);
            return ShortestDelay * (1 << Math.Min(Math.Max(guess.Used - 1, 0), MaxDoublings));
        }
    }

    /// <summary>A password was wrong that another process of this home server has looked at: it counts here as well.</summary>
    public void WrongElsewhere(string account, IPAddress sender)
    {
        var isKnown = known.Contains(account, sender);
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (isKnown)
            {
                places.Take((account, sender), now);
                return;
            }
            accounts.Take(account, now);
            addresses.Take(sender, now);
            tries.Take(sender, now);
            triesOfNetworks.Take(SenderAddress.NetworkOf(sender), now);
        }
    }

    /// <summary>
    /// Takes a token for a directory, of which there are few: more wrong ones must not reach it. False if there is none. Waits while proofs of the same account
    /// are with the directory, since theirs may come back. Until <see cref="TryResume"/> the guess holds no other.
    /// </summary>
    public async ValueTask<bool> TryAskAsync(Guess guess, CancellationToken stop)
    {
        var end = clock.GetUtcNow() + Patience;
        lock (gate) GiveBack(guess, clock.GetUtcNow());
        while (true)
        {
            lock (gate)
            {
                var now = clock.GetUtcNow();
                if (Asked(guess).TryTake(guess.Account, now))
                {
                    guess.IsAsking = true;
                    asking[(guess.Account, guess.IsKnown)] = asking.GetValueOrDefault((guess.Account, guess.IsKnown)) + 1;
                    return true;
                }
                guess.Wait = Asked(guess).WaitFor(guess.Account, now);
                if (now >= end || !asking.ContainsKey((guess.Account, guess.IsKnown))) return false;
            }
            await Task.Delay(LookAgain, clock, stop);
        }
    }

    /// <summary>Takes the other tokens again, right before the directory is asked.</summary>
    public bool TryResume(Guess guess)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (TryTake(guess, now)) return true;
            guess.Wait = WaitFor(guess, now);
            return false;
        }
    }

    /// <summary>Gives back what a guess holds still: it says nothing of who made it.</summary>
    public void End(Guess guess)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (guess.Purse == Purse.None && !guess.IsAsking) return;
            GiveBack(guess, now);
            if (guess.IsAsking) Asked(guess).GiveBack(guess.Account, now);
            StopAsking(guess);
            if (guess.IsKnown) return;
            tries.GiveBack(guess.Sender, now);
            triesOfNetworks.GiveBack(SenderAddress.NetworkOf(guess.Sender), now);
        }
    }

    private void StopAsking(Guess guess)
    {
        if (!guess.IsAsking) return;
        guess.IsAsking = false;
        if (--asking[(guess.Account, guess.IsKnown)] == 0) asking.Remove((guess.Account, guess.IsKnown));
    }

    private async Task<Guess> WaitAsync(Guess guess, CancellationToken stop)
    {
        var end = clock.GetUtcNow() + Patience;
        try
        {
            while (true)
            {
                TimeSpan pause;
                lock (gate)
                {
                    var now = clock.GetUtcNow();
                    pause = Serve(guess.Queue, now);
                    if (now >= end) guess.Leave();
                    if (guess.HasLeft.IsCompleted) return guess;
                    if (pause > end - now) pause = end - now;
                }
                await Task.WhenAny(guess.HasLeft, Task.Delay(pause, clock, stop));
                stop.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            End(guess);
            throw;
        }
        finally
        {
            lock (gate) room.Remove(guess);
        }
    }

    // Gives tokens to those who wait, the first first; how long until there is another.
    private TimeSpan Serve(string queue, DateTimeOffset now)
    {
        while (room.First(queue) is { } first)
        {
            if (TryTake(first, now)) first.Wait = TimeSpan.Zero;
            else if (MayWait(first, now)) return UntilServed(first, now);
            room.Remove(first);
            first.Leave();
        }
        return Patience;
    }

    private bool MayWait(Guess guess, DateTimeOffset now) =>
        guess.IsKnown || guess.Tries.Address <= FewTries && addresses.WaitFor(guess.Sender, now) == TimeSpan.Zero;

    private TimeSpan UntilServed(Guess guess, DateTimeOffset now)
    {
        var wait = guess.IsKnown ? WaitFor(guess, now) : Least(accounts.WaitFor(guess.Account, now), favours.WaitFor(guess.Account, now));
        return wait + TimeSpan.FromMilliseconds(1);
    }

    private TimeSpan WaitFor(Guess guess, DateTimeOffset now)
    {
        if (guess.IsKnown) return places.WaitFor(guess.Place, now);
        var (account, address) = (accounts.WaitFor(guess.Account, now), addresses.WaitFor(guess.Sender, now));
        var wait = account > address ? account : address;
        // There may be one at this moment, for those who wait.
        return wait > TimeSpan.Zero ? wait : limits.AccountRefill / Favour;
    }

    private bool TryTake(Guess guess, DateTimeOffset now)
    {
        if (guess.IsKnown)
        {
            if (!places.TryTake(guess.Place, now)) return false;
            (guess.Purse, guess.Used) = (Purse.Place, places.Used(guess.Place, now));
            return true;
        }
        if (addresses.WaitFor(guess.Sender, now) > TimeSpan.Zero) return false;
        if (accounts.TryTake(guess.Account, now)) guess.Purse = Purse.Account;
        else if (guess.Tries.Address <= FewTries && favours.TryTake(guess.Account, now)) guess.Purse = Purse.Favour;
        else return false;
        addresses.Take(guess.Sender, now);
        guess.Used = Math.Max(accounts.Used(guess.Account, now), addresses.Used(guess.Sender, now));
        return true;
    }

    private void GiveBack(Guess guess, DateTimeOffset now)
    {
        if (guess.Purse == Purse.Place) places.GiveBack(guess.Place, now);
        if (guess.Purse == Purse.Account) accounts.GiveBack(guess.Account, now);
        if (guess.Purse == Purse.Favour) favours.GiveBack(guess.Account, now);
        if (guess.Purse is Purse.Account or Purse.Favour) addresses.GiveBack(guess.Sender, now);
        guess.Purse = Purse.None;
    }

    private TokenBuckets<string> Asked(Guess guess) => guess.IsKnown ? askedFromKnown : askedByStrangers;

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
