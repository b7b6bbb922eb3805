import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Prints what is at an address, by one of the two clients that a JDK has. */
final class Get {

    public static void main(String[] arguments) throws Exception {
        URI address = URI.create(arguments[1]);
        if (arguments[0].equals("url")) {
            address.toURL().openStream().transferTo(System.out);
        } else {
            HttpRequest request = HttpRequest.newBuilder(address).build();
            System.out.print(
                    HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
        }
        System.out.flush();
    }
}
