using System.Globalization;
using Rvp.Cli.Editing;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Chat;

/// <summary>A chat: sends what the user types, shows what arrives.</summary>
internal sealed class ChatLoop(RvpClient client, ChatScreen screen, OwnState state)
{
    private const int MaxInvited = 99;

    /// <summary>How long the end waits for the server to hear what was read.</summary>
    private static readonly TimeSpan MarkingTime = TimeSpan.FromSeconds(2);

    private readonly HashSet<ImAddress> invitedBy = [];
    private readonly ReadMarks marks = new(client);
    private volatile bool isSeen = true;
    private Task sending = Task.CompletedTask;
    private Task typing = Task.CompletedTask;

    /// <summary>The conversations.</summary>
    public Talks Talks { get; } = new();

    public RvpClient Client => client;

    public ChatScreen Screen => screen;

    /// <summary>What others see of the user.</summary>
    public OwnState State => state;

    /// <summary>Runs until the input ends, the user quits, or the sign-in is lost.</summary>
    public async Task RunAsync(IReadOnlyList<ImAddress> people, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, screen.Console.Interrupted);
        screen.Console.Used = () =>
        {
            state.Used();
            if (!isSeen && Talks.Current is { } shown) Seen(shown, stop);
        };
        screen.Console.People = DescribePeople;
        screen.Console.Talks = DescribeTalks;
        screen.Console.Switching = key => SwitchBy(key, stop);
        screen.Console.Typed = text => TellTyping(text, ending.Token);
        screen.Note($"Signed in as {client.Options.Address.Shown}. /help lists the commands.");
        if (people.Count > 0) await TalkToAsync(people, stop);
        await WatchContactsAsync(stop);
        var showing = ShowEventsAsync(ending.Token, stop);
        // On its own thread: reading from a pipe may block the thread.
        var reading = Task.Run(() => ReadLinesAsync(ending.Token), CancellationToken.None);
        var first = await Task.WhenAny(showing, reading);
        await ending.CancelAsync();
        (screen.Console.Typed, screen.Console.Used, screen.Console.Switching) = (_ => { }, () => { }, _ => { });
        try
        {
            await first; // The other task ends when it notices, or with the program: reading a line cannot always be cancelled.
        }
        catch (OperationCanceledException) when (screen.Console.Interrupted.IsCancellationRequested)
        {
            // The user wants it so.
        }
        finally
        {
            await marks.Marking.WaitAsync(MarkingTime, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Starts a conversation with these people, or continues one.</summary>
    public async Task TalkToAsync(IReadOnlyList<ImAddress> people, CancellationToken stop)
    {
        Shown(Talks.Enter(await client.ConverseAsync(people, stop)), stop);
        screen.Note($"Talking with {string.Join(", ", people)}.");
        foreach (var person in people) await WatchAsync(person, isAsked: true, stop);
    }

    /// <summary>Switches to another conversation by its number; false if there is none.</summary>
    public bool Switch(int number, CancellationToken stop)
    {
        if (Talks.Enter(number) is not { } talk) return false;
        Switched(talk, stop);
        return true;
    }

    /// <summary>Leaves the current conversation.</summary>
    public async Task LeaveAsync(CancellationToken stop)
    {
        if (Talks.Current is not { } left) return;
        await left.Conversation.LeaveAsync(stop);
        Talks.Remove(left);
        if (Talks.Current is { } next) Switched(next, stop);
        else screen.Show(null);
    }

    /// <summary>The conversations by number, the current one marked.</summary>
    public IReadOnlyList<string> Describe() => Talks.Describe(talk => talk.Addresses);

    /// <summary>Who is on the list and what they are doing, and the conversations.</summary>
    public IReadOnlyList<string> DescribePeople() =>
    [
        .. client.Contacts.OrderBy(contact => contact.State == PresenceState.Offline).ThenBy(contact => contact.DisplayName, StringComparer.OrdinalIgnoreCase)
            .Select(contact => SafeText.Line($"{contact.DisplayName}: {PresenceStates.NameOf(contact.State)}")),
        .. Describe(),
    ];

    // For a title: what is unread, which may be cut off at the end, comes first as well.
    private (int Unread, string Names) DescribeTalks() => (Talks.Unread, string.Join("  ", Talks.Describe(talk => talk.Names)));

    // Called by the keyboard's thread.
    private void SwitchBy(Key key, CancellationToken stop)
    {
        var talk = key.Kind switch
        {
            KeyKind.NextTalk => Talks.Move(1),
            KeyKind.PreviousTalk => Talks.Move(-1),
            KeyKind.UnreadTalk => Talks.EnterUnread(),
            _ => Talks.Enter(int.Parse(key.Text, CultureInfo.InvariantCulture)),
        };
        if (talk is not null) Switched(talk, stop);
    }

    private void Switched(Talk talk, CancellationToken stop)
    {
        Shown(talk, stop);
        screen.Console.SetStatus("");
        if (!screen.Console.HasLogs) screen.Note($"Talking with {talk.Addresses}.");
    }

    private void Shown(Talk talk, CancellationToken stop)
    {
        // In this order: the title has no mark of it any more.
        var wasUnread = Talks.Read(talk);
        screen.Show(talk);
        if (wasUnread) Seen(talk, stop);
    }

    private void Seen(Talk talk, CancellationToken stop)
    {
        isSeen = true;
        marks.Shown(talk, stop);
    }

    private async Task ReadLinesAsync(CancellationToken stop)
    {
        var commands = new ChatCommands(this);
        while (await screen.Console.ReadLineAsync(stop) is { } line)
        {
            try
            {
                if (line.StartsWith('/') && !line.StartsWith("//", StringComparison.Ordinal))
                {
                    if (!await commands.DoAsync(line, stop)) return;
                }
                else if (line.Length > 0)
                {
                    sending = SayAsync(sending, line.StartsWith('/') ? line[1..] : line, stop);
                    // A pipe is read no faster than it is sent.
                    if (!screen.Console.IsEdited) await sending;
                }
            }
            catch (Exception e) when (e is RvpClientException or ClientUsageException)
            {
                screen.Complain(e.Message);
            }
        }
        await sending;
    }

    private Task SayAsync(Task before, string text, CancellationToken stop)
    {
        if (Talks.Current is not { } talk)
        {
            screen.Complain("To whom? Write /to ADDRESS first.");
            return before;
        }
        screen.SayOwn(talk, Talks.AreSeveral && !screen.Console.HasLogs, text);
        return Task.WhenAll(before, SendAsync(talk, text, stop));
    }

    private async Task SendAsync(Talk talk, string text, CancellationToken stop)
    {
        foreach (var (_, result) in await talk.Conversation.SendAsync(text, stop))
        {
            if (!result.IsAccepted) screen.Complain(result.Line, talk);
            else if (!result.IsDelivered) screen.Note(result.Line, talk);
        }
    }

    // Called by the keyboard's thread: at most one notice is on its way, and nobody waits for it.
    private void TellTyping(string text, CancellationToken stop)
    {
        if (text.Length == 0 || (text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal))) return;
        if (typing.IsCompleted && Talks.Current is { } talk) typing = talk.Conversation.TypingAsync(stop);
    }

    private async Task ShowEventsAsync(CancellationToken stop, CancellationToken ending)
    {
        await foreach (var happened in client.ReadEventsAsync(stop))
        {
            switch (happened)
            {
                case RvpEvent.MessageReceived message:
                    ShowMessage(message, ending);
                    break;
                case RvpEvent.UnnamedReceived unnamed:
                    screen.Say(null, 0, unnamed.Url, unnamed.Text, unnamed.SentAt);
                    break;
                case RvpEvent.HistoryChanged:
                    Talks.Read(await marks.AskAsync(stop));
                    screen.Refresh();
                    break;
                case RvpEvent.Typing someone:
                    screen.Typing(someone.Name);
                    break;
                case RvpEvent.Left left:
                    screen.Note($"{left.Name} has left the conversation.");
                    break;
                case RvpEvent.Invited invitation:
                    await DeclineAsync(invitation, stop);
                    break;
                case RvpEvent.PresenceChanged changed:
                    screen.Note($"{changed.Contact.DisplayName} is {PresenceStates.NameOf(changed.Contact.State)}.");
                    break;
                case RvpEvent.ConnectionChanged { State: ConnectionState.SignedOut } lost:
                    throw new FailedException(lost.Line);
                case RvpEvent.ConnectionChanged { Line: not "Signed in." } connection:
                    screen.Note(connection.State == ConnectionState.Reconnecting ? connection.Line + " Trying again." : connection.Line);
                    break;
            }
        }
    }

    // Each is declined, and the first of somebody told.
    private async Task DeclineAsync(RvpEvent.Invited invitation, CancellationToken stop)
    {
        await invitation.Conversation.DeclineAsync(invitation, stop);
        if (invitedBy.Count >= MaxInvited) invitedBy.Clear();
        var what = invitation.Application.Length > 0 ? invitation.Application : "something";
        if (invitedBy.Add(invitation.From)) screen.Note($"{invitation.Name} invited you to {what}, which this program cannot do: declined.");
    }

    // Whoever has not pressed a key for long may not be there: what is shown then is read with the next key.
    private void ShowMessage(RvpEvent.MessageReceived message, CancellationToken stop)
    {
        var (talk, number) = Talks.Take(message.Conversation);
        if (number == 0) screen.Show(talk); // Somebody may have come into it.
        screen.Say(talk, number, message.Name, message.Text, message.SentAt);
        if (number != 0 && screen.Console.HasLogs) return;
        if (state.IsIdle) isSeen = false;
        else Seen(talk, stop);
    }

    private async Task WatchContactsAsync(CancellationToken stop)
    {
        var asked = client.Contacts.Select(contact => contact.Address).ToHashSet();
        foreach (var contact in await client.GetContactListAsync(stop))
            if (!asked.Contains(contact)) await WatchAsync(contact, isAsked: false, stop);
    }

    private async Task WatchAsync(ImAddress person, bool isAsked, CancellationToken stop)
    {
        try
        {
            var contact = await client.WatchAsync(person, stop);
            if (isAsked || contact.State != PresenceState.Offline) screen.Note($"{contact.DisplayName} is {PresenceStates.NameOf(contact.State)}.");
        }
        catch (RvpClientException e)
        {
            screen.Complain($"{person}: {e.Message}");
        }
    }
}
