using System.Net;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>Who subscribes, and where notifications go: the same for a sign-in and all the watches of one client, so that they share one object.</summary>
/// <param name="Principal">The subscriber, in its own spelling: the value of notification-to.</param>
/// <param name="Callback">Where notifications go.</param>
/// <param name="Address">The subscriber's network address; a state set without view-id goes to the sign-in from the same one.</param>
/// <param name="PasswordStamp">Differs between the passwords of an account: the one that the subscriber proved; 0 if it proved none here.</param>
public sealed record Subscriber(RvpUrl Principal, Callback Callback, IPAddress Address, long PasswordStamp = 0);
