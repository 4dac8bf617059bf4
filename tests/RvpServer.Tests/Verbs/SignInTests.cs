namespace RvpServer.Tests.Verbs;

/// <summary>SUBSCRIBE pragma/notify.</summary>
public sealed class SignInTests : HomeServerTest
{
    [Fact]
    public async Task A_sign_in_is_granted_with_id_and_lifetime_and_no_body()
    {
        var answer = await Jo.SignsIn();

        AssertAnswer(
            "HTTP/1.1 200 Successful\r\nContent-Length: 0\r\n"
            + $"Subscription-Id: {Jo.SignIn}\r\nSubscription-Lifetime: 14400\r\nRVP-Notifications-Version: 0.2\r\n\r\n", answer);
        Assert.True(Jo.SignIn > 0);
    }
}
