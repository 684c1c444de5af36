import { loginMetadata, loginPage } from "../login-page";

export const generateMetadata = loginMetadata("sign-up");
export default loginPage("sign-up");
