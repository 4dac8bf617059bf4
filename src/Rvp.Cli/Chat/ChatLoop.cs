using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Chat;

/// <summary>A chat: sends what the user types, shows what arrives.</summary>
internal sealed class ChatLoop(RvpClient client, ChatScreen screen, OwnState state)
{
    private const int MaxConversations = 99;

    private readonly List<Conversation> conversations = [];
    private readonly HashSet<ImAddress> invitedBy = [];
    private readonly Lock gate = new();
    private Conversation? current;
    private Task sending = Task.CompletedTask;
    private Task typing = Task.CompletedTask;

    /// <summary>The conversation that typed lines go to.</summary>
    public Conversation? Current
    {
        get { lock (gate) return current; }
    }

    public RvpClient Client => client;

    public ChatScreen Screen => screen;

    /// <summary>What others see of the user.</summary>
    public OwnState State => state;

    /// <summary>Runs until the input ends, the user quits, or the sign-in is lost.</summary>
    public async Task RunAsync(IReadOnlyList<ImAddress> people, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, screen.Console.Interrupted);
        screen.Note($"Signed in as {client.Options.Address.Shown}. /help lists the commands.");
        if (people.Count > 0) await TalkToAsync(people, stop);
        await WatchContactsAsync(stop);
        screen.Console.Used = state.Used;
        screen.Console.People = DescribePeople;
        screen.Console.Typed = text => TellTyping(text, ending.Token);
        var showing = ShowEventsAsync(ending.Token);
        // On its own thread: reading from a pipe may block the thread.
        var reading = Task.Run(() => ReadLinesAsync(ending.Token), CancellationToken.None);
        var first = await Task.WhenAny(showing, reading);
        await ending.CancelAsync();
        (screen.Console.Typed, screen.Console.Used) = (_ => { }, () => { });
        try
        {
            await first; // The other task ends when it notices, or with the program: reading a line cannot always be cancelled.
        }
        catch (OperationCanceledException) when (screen.Console.Interrupted.IsCancellationRequested)
        {
            // The user wants it so.
        }
    }

    /// <summary>Starts a conversation with these people, or continues one.</summary>
    public async Task TalkToAsync(IReadOnlyList<ImAddress> people, CancellationToken stop)
    {
        var conversation = await client.ConverseAsync(people, stop);
        Enter(conversation);
        screen.Note($"Talking with {string.Join(", ", people)}.");
        foreach (var person in people) await WatchAsync(person, isAsked: true, stop);
    }

    /// <summary>Switches to another conversation by its number; false if there is none.</summary>
    public bool Switch(int number)
    {
        lock (gate)
        {
            if (number < 1 || number > conversations.Count) return false;
            current = conversations[number - 1];
        }
        Prompt();
        return true;
    }

    /// <summary>Leaves the current conversation.</summary>
    public async Task LeaveAsync(CancellationToken stop)
    {
        if (Current is not { } left) return;
        await left.LeaveAsync(stop);
        lock (gate)
        {
            conversations.Remove(left);
            current = conversations.Count > 0 ? conversations[^1] : null;
        }
        Prompt();
    }

    /// <summary>The conversations by number, the current one marked.</summary>
    public IReadOnlyList<string> Describe()
    {
        lock (gate)
            return [.. conversations.Select((one, i) => $"{(one == current ? ">" : " ")} {i + 1}: {string.Join(", ", one.Members)}")];
    }

    /// <summary>Who is on the list and what they are doing, and the conversations.</summary>
    public IReadOnlyList<string> DescribePeople() =>
    [
        .. client.Contacts.OrderBy(contact => contact.State == PresenceState.Offline).ThenBy(contact => contact.DisplayName, StringComparer.OrdinalIgnoreCase)
            .Select(contact => SafeText.Line($"{contact.DisplayName}: {PresenceStates.NameOf(contact.State)}")),
        .. Describe(),
    ];

    private async Task ReadLinesAsync(CancellationToken stop)
    {
        var commands = new ChatCommands(this);
        Prompt();
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
            Prompt();
        }
        await sending;
    }

    private Task SayAsync(Task before, string text, CancellationToken stop)
    {
        if (Current is not { } conversation)
        {
            screen.Complain("To whom? Write /to ADDRESS first.");
            return before;
        }
        lock (gate) screen.SayOwn(conversations.Count > 1 ? NameOf(conversation) : "", text);
        return Task.WhenAll(before, SendAsync(conversation, text, stop));
    }

    private async Task SendAsync(Conversation conversation, string text, CancellationToken stop)
    {
        foreach (var (_, result) in await conversation.SendAsync(text, stop))
        {
            if (!result.IsAccepted) screen.Complain(result.Line);
            else if (!result.IsDelivered) screen.Note(result.Line);
        }
    }

    // Called by the keyboard's thread: at most one notice is on its way, and nobody waits for it.
    private void TellTyping(string text, CancellationToken stop)
    {
        if (text.Length == 0 || (text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal))) return;
        if (typing.IsCompleted && Current is { } conversation) typing = conversation.TypingAsync(stop);
    }

    private async Task ShowEventsAsync(CancellationToken stop)
    {
        await foreach (var happened in client.ReadEventsAsync(stop))
        {
            switch (happened)
            {
                case RvpEvent.MessageReceived message:
                    screen.Say(TagOf(message.Conversation), message.Name, message.Text);
                    break;
                case RvpEvent.UnnamedReceived unnamed:
                    screen.Say("", unnamed.Url, unnamed.Text);
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
        if (invitedBy.Count >= MaxConversations) invitedBy.Clear();
        var what = invitation.Application.Length > 0 ? invitation.Application : "something";
        if (invitedBy.Add(invitation.From)) screen.Note($"{invitation.Name} invited you to {what}, which this program cannot do: declined.");
    }

    // Empty for the current conversation, otherwise its number, which the user types to switch to it.
    private string TagOf(Conversation conversation)
    {
        lock (gate)
        {
            if (current is null) Enter(conversation);
            // The same person has started a new session: for the user it stays one conversation, and answers go to the new session.
            if (current is { Members: [var talkedTo] } && conversation.Members is [var writer] && writer.Equals(talkedTo))
            {
                conversations[conversations.IndexOf(current)] = conversation;
                current = conversation;
            }
            if (current == conversation) return "";
            if (!conversations.Contains(conversation)) Add(conversation);
            return $"[/{conversations.IndexOf(conversation) + 1}] ";
        }
    }

    private void Enter(Conversation conversation)
    {
        lock (gate)
        {
            if (!conversations.Contains(conversation)) Add(conversation);
            current = conversation;
        }
    }

    private void Add(Conversation conversation)
    {
        if (conversations.Count == MaxConversations) conversations.RemoveAt(conversations[0] == current ? 1 : 0);
        conversations.Add(conversation);
    }

    private void Prompt() => screen.Prompt(Current is { } conversation ? $"to {NameOf(conversation)}> " : "> ");

    private static string NameOf(Conversation conversation) => string.Join(", ", conversation.Members.Select(member => member.Name));

    private async Task WatchContactsAsync(CancellationToken stop)
    {
        foreach (var contact in await client.GetContactListAsync(stop)) await WatchAsync(contact, isAsked: false, stop);
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
