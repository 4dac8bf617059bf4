using Rvp.Client.Messages;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client;

// What needs no sign-in.
public sealed partial class RvpClient
{
    /// <summary>The own contact list, kept at the server for all clients of this family.</summary>
    private static readonly PropertyName ContactList = new(PropertyName.PrivateNamespace, "contacts");

    // As real clients write it. [client]
    private const Credentials AnyProof = Credentials.Assertion | Credentials.Digest | Credentials.Ntlm;

    /// <summary>Sends a message to one person, in the running conversation with them or a new one.</summary>
    public async Task<MessageResult> SendAsync(ImAddress address, string text, CancellationToken stop = default)
    {
        try
        {
            var conversation = inbox.Conversations.With(await UrlOfAsync(address, stop).ConfigureAwait(false));
            return (await conversation.SendAsync(text, stop).ConfigureAwait(false))[0].Result;
        }
        catch (RvpClientException e)
        {
            return MessageResult.Of(e, address.ToString());
        }
    }

    /// <summary>A conversation with these people; with one alone it is the running one.</summary>
    public async Task<Conversation> ConverseAsync(IReadOnlyList<ImAddress> people, CancellationToken stop = default)
    {
        if (people is [var only]) return inbox.Conversations.With(await UrlOfAsync(only, stop).ConfigureAwait(false));
        var conversation = inbox.Conversations.Open();
        foreach (var person in people) await conversation.AddAsync(person, stop).ConfigureAwait(false);
        return conversation;
    }

    /// <summary>Someone's presence and name at this moment.</summary>
    public async Task<Contact> GetPresenceAsync(ImAddress address, CancellationToken stop = default)
    {
        var url = await UrlOfAsync(address, stop).ConfigureAwait(false);
        var found = await wire.PropFindAsync(url, [PropertyName.State, PropertyName.DisplayName], stop).ConfigureAwait(false);
        return Receiver.With(new Contact(address, url, address.ToString(), PresenceState.Offline), found);
    }

    /// <summary>Who watches us, each once.</summary>
    public async Task<IReadOnlyList<ImAddress>> GetWatchersAsync(CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        var listed = await wire.WatchersAsync(stop).ConfigureAwait(false);
        return [.. listed.Select(one => RvpUrl.TryParse(one.Watcher, out var url) ? book.AddressOf(url) : null).OfType<ImAddress>().Distinct()];
    }

    /// <summary>The access list, everyone's entry included.</summary>
    public async Task<IReadOnlyList<AccessEntry>> GetAccessListAsync(CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        return await wire.ReadAclAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Who is blocked.</summary>
    public async Task<IReadOnlyList<ImAddress>> GetBlockedAsync(CancellationToken stop = default) =>
        [.. (await GetAccessListAsync(stop).ConfigureAwait(false)).Where(entry => (entry.Deny & (Rights.SendTo | Rights.Presence)) != 0)
            .Select(entry => entry.Principal is { } url ? book.AddressOf(url) : null).OfType<ImAddress>()];

    /// <summary>Blocks someone: they see us offline and their messages do not arrive, and they cannot tell.</summary>
    public Task BlockAsync(ImAddress address, CancellationToken stop = default) => WriteEntryAsync(address, Rights.None, Rights.SendTo | Rights.Presence, stop);

    /// <summary>Allows someone, whatever is set for everyone.</summary>
    public Task AllowAsync(ImAddress address, CancellationToken stop = default) =>
        WriteEntryAsync(address, Rights.List | Rights.Read | Rights.SendTo | Rights.Presence, Rights.None, stop);

    /// <summary>Takes someone's own entry away: for them counts what is set for everyone.</summary>
    public Task UnblockAsync(ImAddress address, CancellationToken stop = default) => WriteEntryAsync(address, Rights.None, Rights.None, stop);

    /// <summary>A property of the own node, as XML inside its tags (see <see cref="Property.InnerXml"/>); null where there is none.</summary>
    public async Task<string?> GetPropertyAsync(PropertyName name, CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        var found = await wire.PropFindAsync(book.Self!, [name], stop).ConfigureAwait(false);
        return found.Count > 0 ? found[0].InnerXml : null;
    }

    /// <summary>Sets a property of the own node for good. Those in <see cref="PropertyName.PrivateNamespace"/> nobody else can read.</summary>
    public async Task SetPropertyAsync(PropertyName name, string innerXml, CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        await wire.PropPatchAsync(new Property(name, innerXml), stop).ConfigureAwait(false);
    }

    /// <summary>The contact list kept at the server.</summary>
    public async Task<IReadOnlyList<ImAddress>> GetContactListAsync(CancellationToken stop = default) =>
        [.. (await ReadContactListAsync(stop).ConfigureAwait(false)).Select(contact => contact.Address)];

    /// <summary>Replaces the contact list kept at the server; what other clients know of people who stay on it is kept.</summary>
    public async Task SetContactListAsync(IEnumerable<ImAddress> contacts, CancellationToken stop = default)
    {
        var known = (await ReadContactListAsync(stop).ConfigureAwait(false)).ToDictionary(contact => contact.Address);
        var listed = new List<ListedContact>();
        foreach (var address in contacts.Distinct())
            listed.Add(known.GetValueOrDefault(address)
                ?? new ListedContact(address, (await book.UrlOfAsync(address, stop).ConfigureAwait(false)).ToString(), ""));
        await SetPropertyAsync(ContactList, ContactListXml.Write(listed), stop).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<ListedContact>> ReadContactListAsync(CancellationToken stop) =>
        ContactListXml.Read(await GetPropertyAsync(ContactList, stop).ConfigureAwait(false) ?? "");

    internal async Task<IReadOnlyList<(ImAddress, MessageResult)>> SendAsync(
        IReadOnlyList<(RvpUrl Url, string Name)> members, MimeMessage message, CancellationToken stop)
    {
        string name;
        try
        {
            name = await ReadDisplayNameAsync(stop).ConfigureAwait(false);
        }
        catch (RvpClientException e)
        {
            return [.. members.Select(member => (Named(member.Url), MessageResult.Of(e, Named(member.Url).ToString())))];
        }
        // Session-Id and the list of recipients are the same for all, so that every client sees the same conversation.
        var body = NotificationXml.WriteMessage(
            book.Self!.ToString(), name, [.. members.Select(member => (member.Url.ToString(), member.Name))], message.ToString());
        return await Task.WhenAll(members.Select(member => SendAsync(member.Url, body, stop))).ConfigureAwait(false);
    }

    private async Task<(ImAddress, MessageResult)> SendAsync(RvpUrl url, byte[] body, CancellationToken stop)
    {
        var who = Named(url);
        try
        {
            return (who, MessageResult.Of(await wire.NotifyAsync(url, body, stop).ConfigureAwait(false), who.ToString()));
        }
        catch (RvpClientException e)
        {
            return (who, MessageResult.Of(e, who.ToString()));
        }
    }

    // Members are people: nobody else gets in.
    private ImAddress Named(RvpUrl url) => book.AddressOf(url) ?? Options.Address;

    private async Task WriteEntryAsync(ImAddress address, Rights grant, Rights deny, CancellationToken stop)
    {
        var url = await UrlOfAsync(address, stop).ConfigureAwait(false);
        await wire.WriteAclAsync(new AccessEntry(url, AnyProof, grant, deny), stop).ConfigureAwait(false);
    }
}
